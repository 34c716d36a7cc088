"""The table of states, over every pair."""

from itertools import product

import pytest

from services.complaints.model.rows import LAW, State, Verb
from services.complaints.rules.states import MOVES, PUBLIC, Impossible, allowing, move, possible

EXPECTED = """
           verify   assign   examine   handle ask     provide  comment answer   revise rate close  reopen   reject   pass_on   refer     withdraw
received   verified assigned -         =      on_hold -        =       -        -      -    -      -        archived passed_on passed_on archived
verified   =        assigned -         =      on_hold -        =       answered -      -    -      -        archived passed_on passed_on archived
assigned   =        =        examined  =      on_hold -        =       answered -      -    -      -        archived passed_on passed_on archived
examined   =        =        =         =      on_hold -        =       answered -      -    -      -        archived passed_on passed_on archived
on_hold    =        =        =         =      -       examined =       answered -      -    -      -        archived passed_on passed_on archived
answered   -        -        =         =      -       -        =       =        =      =    closed reopened -        -         -         archived
reopened   =        =        =         =      on_hold -        =       answered =      -    -      -        archived passed_on passed_on archived
closed     -        -        =         =      -       -        -       -        =      =    -      reopened -        -         -         -
passed_on  -        -        =         -      -       -        -       -        -      -    -      -        -        -         -         -
archived   -        -        =         =      -       -        -       -        =      -    -      -        -        -         -         -
"""  # fmt: skip # noqa: E501
"""`-`: impossible; `=`: the state stays."""


def expected() -> dict[tuple[str, str], str]:
    heads, *rows = [line.split() for line in EXPECTED.strip().splitlines()]
    return {
        (state, verb): state if to == "=" else to for state, *ends in rows for verb, to in zip(heads, ends, strict=True)
    }


@pytest.mark.parametrize(("state", "verb"), list(product(State, Verb)))
def test_every_pair_of_state_and_verb(state: State, verb: Verb) -> None:
    to = expected()[state.value, verb.value]
    if to == "-":
        with pytest.raises(Impossible):
            move(state, verb)
    else:
        assert move(state, verb) == to


def test_every_state_can_be_reached() -> None:
    reached = {State.RECEIVED}
    for _ in State:
        reached |= {to for (state, _), to in MOVES.items() if state in reached}
    assert reached == set(State)


def test_the_table_is_said_by_state_and_by_verb() -> None:
    assert {(state, verb) for state in State for verb in possible(state)} == MOVES.keys()
    assert {(state, verb) for verb in Verb for state in allowing(verb)} == MOVES.keys()


def test_every_state_has_a_word_of_the_law() -> None:
    assert LAW.keys() == set(State)


def test_every_state_has_a_public_word_that_names_nobody() -> None:
    named = {State.VERIFIED: "received", State.ASSIGNED: "received"}
    assert {state: PUBLIC[state] for state in State} == {state: named.get(state, state.value) for state in State}
