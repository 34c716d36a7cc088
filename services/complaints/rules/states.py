"""The states of a complaint, and what its reporter may know of them."""

from services.complaints.model.rows import State, Verb

MOVES: dict[tuple[State, Verb], State] = {
    (State.RECEIVED, Verb.ASSIGN): State.ASSIGNED,
    (State.ASSIGNED, Verb.EXAMINE): State.EXAMINED,
    # A complaint can be evaluated again, after a reassignment or an objection: its state stays.
    (State.EXAMINED, Verb.EXAMINE): State.EXAMINED,
}

PUBLIC = {State.RECEIVED: "received", State.ASSIGNED: "received", State.EXAMINED: "examined"}
"""What a receipt code shows. Whether somebody was named is a fact about a person, so `assigned` isn't shown."""


class Impossible(Exception):
    """The table of states has no such move."""


def move(state: State, verb: Verb) -> State:
    """The state after a verb. Raises Impossible where the table has none."""
    try:
        return MOVES[state, verb]
    except KeyError:
        raise Impossible(f"a complaint that is {state} can't {verb}") from None
