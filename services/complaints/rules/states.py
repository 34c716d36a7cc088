"""The states of a complaint, the verbs that each allows, and what its reporter may know of them."""

from collections.abc import Iterable

from services.complaints.model.rows import State, Verb

OPEN = (State.RECEIVED, State.VERIFIED, State.ASSIGNED, State.EXAMINED, State.REOPENED)
"""Somebody of ours has to do something."""
UNANSWERED = (*OPEN, State.ON_HOLD)
GOING_ON = (*UNANSWERED, State.ANSWERED)
ENDED = (State.CLOSED, State.PASSED_ON, State.ARCHIVED)


def _keep(states: Iterable[State], *verbs: Verb) -> dict[tuple[State, Verb], State]:
    return {(state, verb): state for state in states for verb in verbs}


def _lead(states: Iterable[State], verb: Verb, to: State) -> dict[tuple[State, Verb], State]:
    return {(state, verb): to for state in states}


MOVES: dict[tuple[State, Verb], State] = {
    # Verified or not is a fact of its own: one that has gone further at filing stays where it is.
    **_keep(UNANSWERED, Verb.VERIFY),
    (State.RECEIVED, Verb.VERIFY): State.VERIFIED,
    # Not once there is an answer: its finding was about the one who was named then.
    **_keep((State.ASSIGNED, State.EXAMINED, State.ON_HOLD, State.REOPENED), Verb.ASSIGN),
    **_lead((State.RECEIVED, State.VERIFIED), Verb.ASSIGN, State.ASSIGNED),
    # An evaluation can be opened anew, after a reassignment or an objection, and be heard of late: the state stays.
    (State.ASSIGNED, Verb.EXAMINE): State.EXAMINED,
    **_keep((State.EXAMINED, State.ON_HOLD, State.ANSWERED, State.REOPENED, *ENDED), Verb.EXAMINE),
    **_keep((*GOING_ON, State.CLOSED, State.ARCHIVED), Verb.HANDLE),
    **_keep(GOING_ON, Verb.COMMENT),
    **_lead(OPEN, Verb.ASK, State.ON_HOLD),
    (State.ON_HOLD, Verb.PROVIDE): State.EXAMINED,
    **_lead((State.VERIFIED, State.ASSIGNED, State.EXAMINED, State.ON_HOLD), Verb.ANSWER, State.ANSWERED),
    **_lead((State.ANSWERED, State.REOPENED), Verb.ANSWER, State.ANSWERED),
    # To be archived as invalid is a finding, too.
    **_keep((State.ANSWERED, State.REOPENED, State.CLOSED, State.ARCHIVED), Verb.REVISE),
    **_keep((State.ANSWERED, State.CLOSED), Verb.RATE),
    (State.ANSWERED, Verb.CLOSE): State.CLOSED,
    **_lead((State.ANSWERED, State.CLOSED), Verb.REOPEN, State.REOPENED),
    **_lead(UNANSWERED, Verb.REJECT, State.ARCHIVED),
    **_lead(UNANSWERED, Verb.PASS_ON, State.PASSED_ON),
    **_lead(UNANSWERED, Verb.REFER, State.PASSED_ON),
    **_lead(GOING_ON, Verb.WITHDRAW, State.ARCHIVED),
}

PUBLIC = {state: "received" if state in (State.VERIFIED, State.ASSIGNED) else state.value for state in State}
"""What a receipt code shows. Whether somebody was named is a fact about a person, so `assigned` isn't shown."""


class Impossible(Exception):
    """The table of states has no such move."""


def move(state: State, verb: Verb) -> State:
    """The state after a verb. Raises Impossible where the table has none."""
    try:
        return MOVES[state, verb]
    except KeyError:
        raise Impossible(f"a complaint that is {state} can't {verb}") from None


def possible(state: State) -> list[Verb]:
    """The verbs that a state allows, in the order of their list."""
    return [verb for verb in Verb if (state, verb) in MOVES]


def allowing(verb: Verb) -> list[State]:
    """The states that allow a verb, in the order of their list."""
    return [state for state in State if (state, verb) in MOVES]
