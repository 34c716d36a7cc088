"""What counts as drained in a valley of the spike profile."""

from __future__ import annotations

import pytest

from benchmarks.chain.growth import drained

NEVER = float("inf")


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ([(1.0, 9.0), (8.0, 9.9)], True),
        ([(1.0, 10.1), (8.0, 9.9)], False),
        ([(1.0, NEVER)], False),
        ([(9.5, 12.0)], True),
        ([(30.0, NEVER)], True),
    ],
    ids=["all done", "one late", "one lost", "submitted in its last second", "submitted after it"],
)
def test_a_valley_is_drained_when_all_that_came_before_its_last_second_is_done(
    moments: list[tuple[float, float]], expected: bool
) -> None:
    assert drained(moments, 10.0) is expected
