"""A day is a day, wherever somebody says one: in an address, in a body, in an event."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.day import Day
from shared.wording import A_DAY

DAY: TypeAdapter[date | None] = TypeAdapter(Day | None)


@pytest.mark.parametrize("said", ["2026-01-31", date(2026, 1, 31)])
def test_a_day_is_taken(said: Any) -> None:
    assert DAY.validate_python(said) == date(2026, 1, 31)
    assert DAY.validate_python(None) is None


@pytest.mark.parametrize(
    "said",
    [
        *(0, 1_790_000_000, 1.5, True, "0", "1790000000", "2026-02-30", "", " 2026-01-31", "31.01.2026", "20260131"),
        *("2026-01-31T00:00:00", "2026-01-31 00:00", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00+07:00"),
    ],
)
def test_nothing_else_is(said: Any) -> None:
    """Weaker: of a moment at midnight the offset is passed over, and with it the day may be another."""
    with pytest.raises(ValidationError) as refused:
        DAY.validate_python(said)
    assert [error["msg"] for error in refused.value.errors()] == [A_DAY]
