"""Who could have been at a counter: parts of the time, as a property of every roster."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.model.duties import Duty
from services.complaints.rules import duties
from shared.clock import WorkingDays
from shared.errors import FieldError

EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
BAGUS, LINA, TONO = UUID(int=1), UUID(int=2), UUID(int=3)


def at(minute: int) -> datetime:
    return EIGHT + timedelta(minutes=minute)


def duty(officer: UUID, since: int, until: int) -> Duty:
    return Duty(employee_id=officer, since=at(since), until=at(until))


def parts(roster: list[Duty], since: int = 0, until: int = 120) -> dict[UUID, Fraction]:
    return duties.shares(roster, at(since), at(until))[0]


officers = st.sampled_from([BAGUS, LINA, TONO])
spans = st.tuples(st.integers(-60, 180), st.integers(-60, 180)).map(sorted)
rosters = st.lists(st.builds(lambda who, span: duty(who, *span), officers, spans), max_size=8)


def test_who_is_alone_on_duty_is_certain_whatever_the_gap_around() -> None:
    assert parts([duty(BAGUS, 30, 60)]) == {BAGUS: 1}


def test_nobody_on_duty_gives_nobody() -> None:
    assert duties.shares([duty(BAGUS, 120, 240)], at(0), at(120)) == ({}, Fraction())


def test_the_hour_that_two_share_counts_half_for_each() -> None:
    assert parts([duty(BAGUS, 0, 120), duty(LINA, 60, 120)]) == {BAGUS: Fraction(3, 4), LINA: Fraction(1, 4)}


def test_the_covered_part_is_told_apart() -> None:
    assert duties.shares([duty(BAGUS, 0, 30), duty(LINA, 0, 30)], at(0), at(120))[1] == Fraction(1, 4)


def test_equal_candidates_come_in_one_order() -> None:
    half = Fraction(1, 2)
    assert duties.likeliest_first({LINA: half, BAGUS: half}) == [(BAGUS, half), (LINA, half)]
    assert duties.likeliest_first({BAGUS: Fraction(1, 4), LINA: Fraction(3, 4)})[0][0] == LINA


@given(rosters)
def test_parts_add_up_to_one_and_only_who_was_there_has_one(roster: list[Duty]) -> None:
    found, covered = duties.shares(roster, at(0), at(120))
    there = {one.employee_id for one in roster if max(one.since, at(0)) < min(one.until, at(120))}
    assert set(found) == there
    assert sum(found.values()) == (1 if there else 0)
    assert 0 <= covered <= 1
    assert all(part > 0 for part in found.values())


@given(rosters, st.randoms(use_true_random=False), st.integers(-60, 180))
def test_neither_order_nor_repetition_nor_a_shift_cut_in_two_changes_anything(
    roster: list[Duty], random: object, cut: int
) -> None:
    halves = [
        half
        for one in roster
        for half in (
            [one]
            if not one.since < at(cut) < one.until
            else [
                Duty(employee_id=one.employee_id, since=one.since, until=at(cut)),
                Duty(employee_id=one.employee_id, since=at(cut), until=one.until),
            ]
        )
    ]
    again = [*halves, *halves]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert duties.shares(again, at(0), at(120)) == duties.shares(roster, at(0), at(120))


@given(rosters, officers)
def test_longer_on_duty_is_never_less_likely(roster: list[Duty], who: UUID) -> None:
    before = parts(roster).get(who, Fraction())
    assert parts([*roster, duty(who, 0, 120)])[who] >= before


def test_without_a_window_it_is_the_local_day() -> None:
    days = WorkingDays(ZoneInfo("Asia/Jakarta"))
    assert duties.window(date(2026, 11, 23), None, None, days) == (
        datetime(2026, 11, 22, 17, tzinfo=UTC),
        datetime(2026, 11, 23, 17, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        pytest.param(at(0), None, "query.until", id="an end is missing"),
        pytest.param(None, at(0), "query.since", id="the begin is missing"),
        pytest.param(at(5), at(5), "query.until", id="no time at all"),
        pytest.param(at(0), at(0) + timedelta(days=32), "query.until", id="more than a month"),
    ],
)
def test_a_window_that_cannot_be_is_named(since: datetime | None, until: datetime | None, field: str) -> None:
    wrong = duties.window(date(2026, 11, 23), since, until, WorkingDays(ZoneInfo("Asia/Jakarta")))
    assert isinstance(wrong, FieldError)
    assert wrong.field == field
