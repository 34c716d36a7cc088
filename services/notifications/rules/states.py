"""How a delivery moves."""

from collections.abc import Mapping
from datetime import datetime

from services.notifications.model.deliveries import Outcome, Standing
from services.notifications.model.words import State, Verb
from shared.errors import Problem

MOVES: Mapping[tuple[State, Verb], State] = {
    (State.PENDING, Verb.CLAIM): State.CLAIMED,
    (State.WAITING, Verb.CLAIM): State.CLAIMED,
    (State.CLAIMED, Verb.HOLD): State.WAITING,
    (State.CLAIMED, Verb.SUPPRESS): State.SUPPRESSED,
    (State.CLAIMED, Verb.ATTEMPT): State.SENDING,
    (State.CLAIMED, Verb.EXPIRE): State.PENDING,  # nothing had been sent
    (State.CLAIMED, Verb.REFUSE): State.FAILED,  # can't be rendered, or waited for too long
    (State.CLAIMED, Verb.ACCEPT): State.ACCEPTED,  # a channel whose repetition is harmless needs no mark
    (State.CLAIMED, Verb.RETRY): State.PENDING,
    (State.CLAIMED, Verb.POSTPONE): State.PENDING,  # the provider is known to be away: it was not called
    (State.SENDING, Verb.ACCEPT): State.ACCEPTED,
    (State.SENDING, Verb.REFUSE): State.FAILED,
    (State.SENDING, Verb.RETRY): State.PENDING,
    (State.SENDING, Verb.POSTPONE): State.PENDING,
    (State.SENDING, Verb.LOSE): State.UNKNOWN,
    (State.SENDING, Verb.EXPIRE): State.UNKNOWN,  # perhaps sent: never sent again blindly
    (State.UNKNOWN, Verb.ACCEPT): State.ACCEPTED,  # whoever held the lease knows after all
    (State.UNKNOWN, Verb.REFUSE): State.FAILED,
    (State.UNKNOWN, Verb.RETRY): State.PENDING,
    (State.UNKNOWN, Verb.POSTPONE): State.PENDING,
    (State.UNKNOWN, Verb.RESEND): State.PENDING,
}


def after(standing: Standing, outcome: Outcome, now: datetime) -> State | None:
    """The state that an outcome leads to; none where it comes too late to count."""
    if standing.claim != outcome.claim or (outcome.verb is Verb.EXPIRE and standing.lease_until > now):
        return None
    return MOVES.get((standing.state, outcome.verb))


def settled(standing: Standing, verb: Verb) -> State:
    """The state in which an operator leaves a delivery of which nobody knew. Raises Problem 409 for another one."""
    if standing.state is not State.UNKNOWN:
        detail = f"{standing.delivery_id} is {standing.state}."
        raise Problem(409, "not-unknown", "Only a delivery whose outcome is unknown can be settled", detail)
    return MOVES[standing.state, verb]
