"""An operator says what became of deliveries of which nobody knew whether they went out, or sends them once more."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.notifications.actions.record import tell
from services.notifications.model.deliveries import Outcome, Standing
from services.notifications.model.words import State, Verb
from services.notifications.rules import states
from services.notifications.store import deliveries
from shared.errors import Problem
from shared.events.notifications import NOTIFICATIONS
from shared.messaging import audit
from shared.messaging.tx import Cause, Name, Tx
from shared.operator.acts import Because, answered, asked

ONE, OTHER = "019a7c3e-7b30-8e22-9d18-a2e3d4f50617", "019a7c3e-7b30-8e22-9d18-a2e3d4f50618"
MOST = 500
BY_OPERATOR = "settled by an operator"
"""The recipient reads it in the inbox: the operator's own words stay in the audit."""


class Settle(Because):
    """Deliveries whose outcome is `unknown`, what is to be done with them, and how that is known.

    `accept`: they went out; `refuse`: they did not, and are given up; `resend`: they are sent again.
    """

    model_config = asked(deliveries=[ONE, OTHER], verb="accept", reason="both are in the mail server's log")

    deliveries: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST)]
    verb: Literal[Verb.ACCEPT, Verb.REFUSE, Verb.RESEND]

    @property
    def named(self) -> list[UUID]:
        """Each delivery once, in order."""
        return sorted(set(self.deliveries))


class Settled(BaseModel):
    """The deliveries, and the state of each of them now."""

    model_config = answered(deliveries=[ONE, OTHER], state="accepted")

    deliveries: list[UUID]
    state: State


def names(body: Settle) -> list[Name]:
    """What it settles."""
    return [("delivery", str(each)) for each in body.named]


async def settle(tx: Tx, causes: Sequence[Cause[Settle]]) -> None:
    """Settle deliveries: all that a command names, or none of them."""
    standings = await deliveries.standings(tx, {each for cause in causes for each in cause.body.named})
    moved: list[tuple[Outcome, State]] = []
    for cause in causes:
        try:
            found = [_standing(standings, each) for each in cause.body.named]
            settled = [(one, states.settled(one, cause.body.verb)) for one in found]
        except Problem as problem:
            tx.refuse(cause, problem)
            continue
        for one, state in settled:
            moved.append((_outcome(tx, one, cause.body.verb), state))
            tell(tx, cause, one, state, BY_OPERATOR)
        await _answer(tx, cause, settled)
    if moved:
        await deliveries.record(tx, moved)


def _standing(standings: dict[UUID, Standing], delivery_id: UUID) -> Standing:
    if delivery_id not in standings:
        raise Problem(404, "unknown-delivery", "There is no such delivery", f"None is known as {delivery_id}.")
    return standings[delivery_id]


def _outcome(tx: Tx, one: Standing, verb: Verb) -> Outcome:
    return Outcome(one.delivery_id, one.claim, verb, BY_OPERATOR, tx.now if verb is Verb.RESEND else None)


async def _answer(tx: Tx, cause: Cause[Settle], settled: Sequence[tuple[Standing, State]]) -> None:
    """Answer, and keep who did it and why."""
    ids = [one.delivery_id for one, _ in settled]
    places = [{"stream": NOTIFICATIONS.name, "key": str(each)} for each in ids]
    await audit.keep(tx.connection, cause.principal, f"{cause.body.verb} delivery", places, cause.body.reason)
    tx.answer(cause, Settled(deliveries=ids, state=settled[0][1]))
