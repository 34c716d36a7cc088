"""Who is told of a case whose deadline passed: the next one above who may see to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.rules import clocks

HEAD, UPPER, CAMAT = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("level", "heads", "barred", "expected"),
    [
        (0, [HEAD, CAMAT], set(), (1, HEAD)),
        (1, [HEAD, CAMAT], set(), (2, CAMAT)),
        (2, [HEAD, CAMAT], set(), None),
        (0, [HEAD, CAMAT], {HEAD}, (2, CAMAT)),
        (0, [HEAD, UPPER, CAMAT], {HEAD}, (1, UPPER)),
        (0, [None, CAMAT], set(), (2, CAMAT)),
        (0, [HEAD, CAMAT], {HEAD, CAMAT}, None),
        (1, [HEAD, None], set(), None),
        (0, [CAMAT], set(), (2, CAMAT)),
        (0, [], set(), None),
    ],
)
def test_who_is_told_next(level: int, heads: list[Any], barred: set[UUID], expected: tuple[int, UUID] | None) -> None:
    assert clocks.next_above(level, heads, frozenset(barred)) == expected


@given(
    st.lists(st.none() | st.sampled_from([UUID(int=n) for n in range(6)]), max_size=5),
    st.sets(st.sampled_from([UUID(int=n) for n in range(6)])),
)
def test_the_subject_and_its_superior_are_never_told_and_nobody_is_told_at_a_level_twice(
    heads: list[UUID | None], barred: set[UUID]
) -> None:
    level, levels = 0, []
    while found := clocks.next_above(level, heads, frozenset(barred)):
        level, head = found
        assert head not in barred
        levels.append(level)
    assert levels == sorted(set(levels))
