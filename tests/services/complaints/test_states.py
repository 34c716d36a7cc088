"""The table of states, over every pair."""

from itertools import product

import pytest

from services.complaints.model.rows import State, Verb
from services.complaints.rules.states import MOVES, PUBLIC, Impossible, move

EXPECTED = {
    ("received", "assign"): "assigned",
    ("assigned", "examine"): "examined",
    ("examined", "examine"): "examined",
}


@pytest.mark.parametrize(("state", "verb"), list(product(State, Verb)))
def test_every_pair_of_state_and_verb(state: State, verb: Verb) -> None:
    expected = EXPECTED.get((state.value, verb.value))
    if expected is None:
        with pytest.raises(Impossible):
            move(state, verb)
    else:
        assert move(state, verb) == expected


def test_every_state_can_be_reached() -> None:
    reached = {State.RECEIVED}
    for _ in State:
        reached |= {to for (state, _), to in MOVES.items() if state in reached}
    assert reached == set(State)


def test_every_state_has_a_public_word_that_names_nobody() -> None:
    assert {state: PUBLIC[state] for state in State} == {
        State.RECEIVED: "received",
        State.ASSIGNED: "received",
        State.EXAMINED: "examined",
    }
