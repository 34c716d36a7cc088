"""What became of deliveries: written down and told in one transaction."""

from collections.abc import Sequence
from typing import Any

from services.notifications.model.deliveries import Outcome, Standing
from services.notifications.model.words import State
from services.notifications.rules import states
from services.notifications.store import deliveries
from shared.events import Event
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
            tell(tx, cause, standing, state, cause.body.reason)
    if moved:
        await deliveries.record(tx, moved)


def tell(tx: Tx, cause: Cause[Any], standing: Standing, state: State, reason: str) -> None:
    """Tell what became of a delivery, in the flow that began it; nothing where it is not over."""
    about: dict[str, Any] = {
        "delivery_id": standing.delivery_id,
        "event_id": standing.event_id,
        "audience": standing.audience.value,
        "channel": standing.channel.value,
    }
    told: Event | None = None
    if state is State.ACCEPTED:
        told = NotificationAccepted(**about)
    elif state in (State.FAILED, State.UNKNOWN):
        told = NotificationFailed(**about, reason="outcome unknown" if state is State.UNKNOWN else reason)
    elif state is State.SUPPRESSED:
        told = NotificationSuppressed(**about, reason=reason)
    if told:
        tx.tell(told, cause=cause, correlation_id=standing.correlation_id)
