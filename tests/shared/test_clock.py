from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shared.clock import WorkingDays

JAKARTA, JAYAPURA = WorkingDays(ZoneInfo("Asia/Jakarta")), WorkingDays(ZoneInfo("Asia/Jayapura"))
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 1))


def test_five_working_days_after_the_friday_before_nyepi_and_idul_fitri() -> None:
    assert JAKARTA.plus(date(2026, 3, 13), 5) == date(2026, 3, 27)
    assert JAKARTA.between(date(2026, 3, 13), date(2026, 3, 27)) == 5


def test_no_days_after_a_day_is_that_day_even_a_free_one() -> None:
    assert JAKARTA.plus(date(2026, 3, 14), 0) == date(2026, 3, 14)


@given(DAYS, st.integers(1, 30))
def test_adding_and_counting_agree_and_end_on_a_working_day(day: date, count: int) -> None:
    end = JAKARTA.plus(day, count)
    assert JAKARTA.is_working(end)
    assert JAKARTA.between(day, end) == count
    assert JAKARTA.between(day, end - timedelta(days=1)) == count - 1


@given(DAYS, st.integers(0, 30))
def test_counting_back_ends_on_the_last_working_day_that_leaves_so_many(day: date, left: int) -> None:
    found = JAKARTA.before(day, left)
    assert JAKARTA.is_working(found)
    assert JAKARTA.between(found, day) == left


@given(DAYS, DAYS)
def test_nothing_lies_between_a_day_and_an_earlier_one(one: date, other: date) -> None:
    assert JAKARTA.between(max(one, other), min(one, other)) == 0


def test_a_decree_closes_and_opens_days() -> None:
    friday, saturday = date(2026, 6, 12), date(2026, 6, 13)
    decreed = WorkingDays(ZoneInfo("Asia/Jakarta"), closed=frozenset({friday}), opened=frozenset({saturday}))
    assert (JAKARTA.is_working(friday), JAKARTA.is_working(saturday)) == (True, False)
    assert (decreed.is_working(friday), decreed.is_working(saturday)) == (False, True)


def test_a_moment_has_the_day_of_its_place() -> None:
    moment = datetime(2026, 6, 1, 16, tzinfo=UTC)
    assert (JAKARTA.local_day(moment), JAYAPURA.local_day(moment)) == (date(2026, 6, 1), date(2026, 6, 2))
    assert JAKARTA.end_of(date(2026, 6, 1)) == datetime(2026, 6, 1, 17, tzinfo=UTC)


def test_the_next_opening_is_later_and_on_a_working_day() -> None:
    before, at = datetime(2026, 3, 13, 7, 59, tzinfo=JAKARTA.zone), datetime(2026, 3, 13, 8, tzinfo=JAKARTA.zone)
    assert JAKARTA.next_opening(before, time(8)) == at
    assert JAKARTA.next_opening(at, time(8)) == datetime(2026, 3, 16, 8, tzinfo=JAKARTA.zone)


@given(st.integers(0, 22 * 30 * 24 * 60))
def test_an_opening_is_never_in_the_past(minutes: int) -> None:
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opening = JAKARTA.next_opening(moment, time(8))
    assert opening > moment
    assert JAKARTA.is_working(opening.date())
    assert opening.time() == time(8)
