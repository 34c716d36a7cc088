"""What became of deliveries: written down and told in one transaction."""

from collections.abc import Sequence
from typing import Any

from services.notifications.model.deliveries import Outcome, Standing
from services.notifications.model.words import State
from services.notifications.rules import states
from services.notifications.store import deliveries
from shared.events.notifications import NotificationAccepted, NotificationFailed, NotificationSuppressed
from shared.messaging.tx import Cause, Tx


async def record(tx: Tx, causes: Sequence[Cause[Outcome]]) -> None:
    """Write down outcomes. One that comes under a lease that was lost changes nothing."""
    standings = await deliveries.standings(tx, {cause.body.delivery_id for cause in causes})
    moved: list[tuple[Outcome, State]] = []
    for cause in causes:
        standing = standings[cause.body.delivery_id]
        state = states.after(standing, cause.body, tx.now)
        if state is not None:
            moved.append((cause.body, state))
            _tell(tx, cause, standing, state)
    if moved:
        await deliveries.record(tx, moved)


def _tell(tx: Tx, cause: Cause[Outcome], standing: Standing, state: State) -> None:
    about: dict[str, Any] = {
        "delivery_id": standing.delivery_id,
        "event_id": standing.event_id,
        "audience": standing.audience.value,
        "channel": standing.channel.value,
    }
    if state is State.ACCEPTED:
        tx.tell(NotificationAccepted(**about), cause=cause)
    elif state in (State.FAILED, State.UNKNOWN):
        reason = "outcome unknown" if state is State.UNKNOWN else cause.body.reason
        tx.tell(NotificationFailed(**about, reason=reason), cause=cause)
    elif state is State.SUPPRESSED:
        tx.tell(NotificationSuppressed(**about, reason=cause.body.reason), cause=cause)
