"""Keys that change by date: the right one on each day, and errors that name no key."""

from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.keys import DatedKeys, parse

A, B, C = ("a1" * 32, "b2" * 32, "c3" * 32)
QUARTERS = range(1, 13, 3)
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
STARTS = st.lists(
    st.tuples(st.integers(2024, 2029), st.sampled_from(list(QUARTERS))), unique=True, min_size=1, max_size=6
).map(sorted)


def rotated(starts: list[tuple[int, int]]) -> DatedKeys:
    entries = [f"{year}-{month:02}:{number:064x}" for number, (year, month) in enumerate(starts, 1)]
    return parse(", ".join([A, *entries]), QUARTERS)


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2020, 1, 1), A),
        (date(2026, 9, 30), A),
        (date(2026, 10, 1), B),
        (date(2026, 12, 31), B),
        (date(2027, 2, 1), C),
    ],
)
def test_a_key_is_valid_from_its_month_until_the_next_one_begins(day: date, key: str) -> None:
    assert parse(f"{A},2026-10:{B}, 2027-02:{C}").on(day).hex() == key


def test_the_first_key_also_serves_the_days_before_it() -> None:
    assert parse(f"2026-10:{B}").on(date(2026, 9, 30)).hex() == B


@given(STARTS, DAYS, DAYS)
def test_no_quarter_has_two_keys_when_keys_begin_with_quarters(
    starts: list[tuple[int, int]], one: date, other: date
) -> None:
    keys = rotated(starts)
    other = one.replace(month=(one.month - 1) // 3 * 3 + 1 + other.month % 3, day=1)
    assert keys.on(one) == keys.on(other)


@given(STARTS, st.tuples(st.integers(2030, 2040), st.sampled_from(list(QUARTERS))), DAYS)
def test_a_key_that_begins_later_changes_no_day_before_it(
    starts: list[tuple[int, int]], added: tuple[int, int], day: date
) -> None:
    assert rotated([*starts, added]).on(day) == rotated(starts).on(day)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "key 1 must be 64 hex digits"),
        (A[:-1], "key 1 must be 64 hex digits"),
        (A.upper(), "key 1 must be 64 hex digits"),
        (f"{A},", "key 2 must be 64 hex digits"),
        (f"{A},2026-1:{B}", "key 2 must be 64 hex digits"),
        (f"{A},2026-13:{B}", "key 2 can't begin in 2026-13"),
        (f"{A},2026-11:{B}", "key 2 can't begin in 2026-11: the month must be one of 01, 04, 07, 10"),
        (f"{A},{B}", "key 2 must begin in a later month"),
        (f"2027-01:{A},2026-10:{B}", "key 2 must begin in a later month"),
        (f"{A},2026-10:{A}", "key 2 is the same"),
    ],
)
def test_what_is_wrong_with_keys_is_said_without_them(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong) as error:
        partial(parse, months=QUARTERS)(text)
    assert not any(key[:16] in str(error.value).lower() for key in (A, B, C))


def test_keys_are_not_shown() -> None:
    assert A[:8] not in repr(parse(A))
    assert "\\xa1" not in repr(parse(A))
