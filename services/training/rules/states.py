"""What may happen to an enrolment in which state, and what state follows."""

from services.training.model.enrolments import State, Verb

MOVES: dict[tuple[State, Verb], State] = {
    (State.PROPOSED, Verb.QUEUE): State.WAITLISTED,
    (State.PROPOSED, Verb.SUSPEND): State.SUSPENDED,
    (State.PROPOSED, Verb.CANCEL): State.CANCELLED,
    (State.WAITLISTED, Verb.SEAT): State.ENROLLED,
    (State.WAITLISTED, Verb.COVER): State.COVERED,
    (State.WAITLISTED, Verb.SUSPEND): State.SUSPENDED,
    (State.WAITLISTED, Verb.CANCEL): State.CANCELLED,
    (State.ENROLLED, Verb.QUEUE): State.WAITLISTED,
    (State.ENROLLED, Verb.SUSPEND): State.SUSPENDED,
    (State.ENROLLED, Verb.CANCEL): State.CANCELLED,
    (State.ENROLLED, Verb.COMPLETE): State.COMPLETED,
    (State.ENROLLED, Verb.MISS): State.MISSED,
    (State.SUSPENDED, Verb.QUEUE): State.WAITLISTED,
    (State.SUSPENDED, Verb.CANCEL): State.CANCELLED,
    (State.COVERED, Verb.QUEUE): State.WAITLISTED,
    (State.COVERED, Verb.SUSPEND): State.SUSPENDED,
    (State.COVERED, Verb.CANCEL): State.CANCELLED,
    (State.COVERED, Verb.COMPLETE): State.COMPLETED,
    (State.COVERED, Verb.MISS): State.MISSED,
}
"""What is not in the table does not happen: completed, missed and cancelled are ends."""
BEGINS = (State.PROPOSED, State.WAITLISTED, State.SUSPENDED, State.ENROLLED)
"""A need waits for its confirmation, stands in line, or waits for an objection; a voluntary seat is taken at once."""


def may(state: State, verb: Verb) -> bool:
    """Whether it can happen."""
    return (state, verb) in MOVES


def after(state: State, verb: Verb) -> State:
    """The state that follows. Raises KeyError where it can't happen."""
    return MOVES[state, verb]
