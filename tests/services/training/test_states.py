"""What may happen to an enrolment: every pair of state and verb, and that every state is reached."""

from itertools import product

import pytest

from services.training.model.enrolments import OPEN, State, Verb
from services.training.rules.states import BEGINS, MOVES, after, may

ENDS = (State.COMPLETED, State.MISSED, State.CANCELLED)
LEADS_TO = {
    Verb.QUEUE: State.WAITLISTED,
    Verb.SEAT: State.ENROLLED,
    Verb.COVER: State.COVERED,
    Verb.SUSPEND: State.SUSPENDED,
    Verb.CANCEL: State.CANCELLED,
    Verb.COMPLETE: State.COMPLETED,
    Verb.MISS: State.MISSED,
}
REFUSED = {
    *((state, verb) for state in ENDS for verb in Verb),
    *((state, Verb.SEAT) for state in State if state is not State.WAITLISTED),
    *((state, Verb.COVER) for state in State if state is not State.WAITLISTED),
    *(
        (state, verb)
        for verb in (Verb.COMPLETE, Verb.MISS)
        for state in State
        if state not in (State.ENROLLED, State.COVERED)
    ),
    (State.WAITLISTED, Verb.QUEUE),
    (State.SUSPENDED, Verb.SUSPEND),
}


@pytest.mark.parametrize(("state", "verb"), list(product(State, Verb)))
def test_a_verb_leads_to_its_state_or_does_not_happen(state: State, verb: Verb) -> None:
    assert may(state, verb) is ((state, verb) not in REFUSED)
    if may(state, verb):
        assert after(state, verb) is LEADS_TO[verb]


def test_every_state_is_reached_and_left_unless_it_is_an_end() -> None:
    reached = set(BEGINS)
    while more := {MOVES[state, verb] for state, verb in MOVES if state in reached} - reached:
        reached |= more
    assert reached == set(State)
    assert {state for state, _ in MOVES} == set(State) - set(ENDS)
    assert set(OPEN) <= reached
