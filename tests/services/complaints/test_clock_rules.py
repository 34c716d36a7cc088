"""The clocks of a complaint: which run when, on which day they end, and what is told on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.complaints.model.clocks import Closing, Course, Escalating, Nearing, Pause, Planned, Step, Ticking
from services.complaints.model.policies import ClocksPolicy, Term
from services.complaints.model.rows import State
from services.complaints.rules import clocks
from services.complaints.rules.states import UNANSWERED
from shared.clock import WorkingDays
from shared.events.complaints import Clock
from tests.services.complaints.given import DAYS, MONDAY, POLICIES, ZONE

POLICY = POLICIES.in_force(ClocksPolicy, "clocks", MONDAY)
CASE = UUID(int=0xC)
FRIDAY = date(2026, 3, 13)
ANY_DAY = st.dates(date(2025, 1, 1), date(2027, 6, 30))
TERMS = st.sampled_from(POLICY.terms)


def a_course(**more: Any) -> Course:
    """A complaint about an undue delay that came on the Friday before Nyepi and Idul Fitri."""
    return Course(
        **{"complaint_id": CASE, "state": State.RECEIVED, "kind": "tidak_berkadar", "filed_on": FRIDAY, **more}
    )


def planned(course: Course, known: dict[Clock, Ticking] | None = None, **more: Any) -> dict[Clock, Planned]:
    given = {"days": DAYS, "calendar": "1", "today": FRIDAY, **more}
    return {one.ticking.clock: one for one in clocks.plan(course, known or {}, POLICY, **given)}


def standing(course: Course, **more: Any) -> dict[Clock, Ticking]:
    return {clock: one.ticking for clock, one in planned(course, **more).items()}


def at(day: date, hour: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def test_received_on_friday_2026_03_13_the_first_answer_is_due_on_2026_03_27() -> None:
    assert standing(a_course())[Clock.FIRST_ANSWER].due_on == date(2026, 3, 27)


@pytest.mark.parametrize(
    ("kind", "expected"),
    {
        "tidak_berkadar": {"verification": 3, "first_answer": 5, "follow_up": 14, "limit": 60},
        "berkadar": {"verification": 3, "first_answer": 5, "follow_up": 60},
        "permintaan_informasi": {"verification": 3, "first_answer": 5, "follow_up": 5, "limit": 60},
        "aspirasi": {"verification": 3, "first_answer": 5, "follow_up": 14, "limit": 60},
        "apresiasi": {"verification": 3},
    }.items(),
)
def test_each_class_has_its_clocks(kind: str, expected: dict[str, int]) -> None:
    for clock, ticking in standing(a_course(kind=kind)).items():
        if clock is Clock.LIMIT:
            assert ticking.due_on == FRIDAY + timedelta(days=expected[clock])
        else:
            assert DAYS.between(FRIDAY, ticking.due_on) == expected[clock]
    assert {clock.value for clock in standing(a_course(kind=kind))} == set(expected)


@pytest.mark.parametrize("state", State)
def test_each_state_has_its_clocks(state: State) -> None:
    course = a_course(state=state, verified_on=FRIDAY, answered_on=FRIDAY)
    expected: dict[State, set[Clock]] = {one: {Clock.FOLLOW_UP, Clock.LIMIT} for one in UNANSWERED}
    expected[State.ANSWERED] = {Clock.CLOSING}
    assert set(clocks.running(course)) == expected.get(state, set())


def test_a_clock_that_is_no_longer_needed_stops_once() -> None:
    before = standing(a_course())
    verified = a_course(state=State.VERIFIED, verified_on=FRIDAY)
    changed = planned(verified, before, today=MONDAY)
    assert set(changed) == {Clock.VERIFICATION}
    stopped = changed[Clock.VERIFICATION].ticking
    assert stopped.stopped_on == MONDAY
    assert planned(verified, {**before, Clock.VERIFICATION: stopped}) == {}


def test_an_answer_starts_the_closing_and_a_further_one_starts_it_again() -> None:
    once = standing(a_course(state=State.ANSWERED, answered_on=FRIDAY))
    again = planned(a_course(state=State.ANSWERED, answered_on=MONDAY), once)[Clock.CLOSING]
    assert (again.ticking.due_on, again.moved) == (DAYS.plus(MONDAY, 10), None)


def test_a_reopened_case_has_its_follow_up_and_its_warnings_anew_but_no_first_answer() -> None:
    closed = {one: replace(ticking, stopped_on=FRIDAY, warned=0) for one, ticking in standing(a_course()).items()}
    course = a_course(state=State.REOPENED, verified_on=FRIDAY, answered_on=FRIDAY, reopened_on=MONDAY)
    again = planned(course, closed)
    assert set(again) == {Clock.FOLLOW_UP, Clock.LIMIT}
    assert (again[Clock.FOLLOW_UP].ticking.due_on, again[Clock.FOLLOW_UP].ticking.warned) == (
        DAYS.plus(MONDAY, 14),
        None,
    )


def test_a_pause_is_shown_at_once_and_moves_the_deadlines_when_it_ends() -> None:
    before = standing(a_course())
    monday, thursday = date(2026, 4, 6), date(2026, 4, 9)
    held = planned(a_course(state=State.ON_HOLD, pauses=(Pause(monday, None),)), before)
    assert all(one.ticking.paused and one.moved is None for one in held.values())
    assert {one.ticking.due_on for one in held.values()} == {one.due_on for one in before.values()}
    known = {clock: one.ticking for clock, one in held.items()}
    resumed = planned(a_course(pauses=(Pause(monday, thursday),)), known)
    assert {one.moved for one in resumed.values()} == {"pause"}
    assert DAYS.between(before[Clock.FOLLOW_UP].due_on, resumed[Clock.FOLLOW_UP].ticking.due_on) == 3
    assert resumed[Clock.LIMIT].ticking.due_on - before[Clock.LIMIT].due_on == timedelta(days=3)


def test_a_decree_moves_open_deadlines_and_is_the_reason() -> None:
    before = standing(a_course())
    decreed = WorkingDays(ZONE, closed=frozenset({date(2026, 3, 27)}))
    moved = planned(a_course(), before, days=decreed, calendar="2")
    assert (moved[Clock.FIRST_ANSWER].moved, moved[Clock.FIRST_ANSWER].ticking.due_on) == (
        "calendar",
        date(2026, 3, 30),
    )
    assert moved[Clock.LIMIT].moved is None  # counted in calendar days
    known = {clock: one.ticking for clock, one in moved.items()}
    assert planned(a_course(), known, days=decreed, calendar="2") == {}


def test_a_corrected_category_moves_a_deadline_and_is_the_reason() -> None:
    before = standing(a_course())
    moved = planned(a_course(kind="permintaan_informasi"), before)
    assert {clock: one.moved for clock, one in moved.items()} == {Clock.FOLLOW_UP: "category"}


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], ()),
        ([("question", 1)], ((1, None),)),
        ([("question", 1), ("data", 4)], ((1, 4),)),
        ([("question", 1), ("question", 2), ("data", 4), ("data", 5)], ((1, 4),)),
        ([("question", 1), ("answer", 3), ("reopening", 4), ("question", 6)], ((1, 3), (6, None))),
        ([("question", 1), ("data", 1), ("question", 1)], ((1, 1), (1, None))),
    ],
)
def test_a_question_pauses_until_there_is_data_or_an_answer(
    marks: list[tuple[str, int]], expected: tuple[tuple[int, int | None], ...]
) -> None:
    days = [(kind, date(2026, 6, day)) for kind, day in marks]
    assert clocks.pauses(days) == tuple(
        Pause(date(2026, 6, asked), date(2026, 6, ended) if ended else None) for asked, ended in expected
    )


@given(ANY_DAY, TERMS, st.lists(st.integers(0, 20), max_size=8))
def test_pausing_and_resuming_never_shortens(since: date, term: Term, lengths: list[int]) -> None:
    """Whatever was left when the case was paused is left when it goes on; a shorter pause never gives more."""
    pauses: tuple[Pause, ...] = ()
    day = since
    for length in lengths:
        before = clocks.due_on(since, term, pauses, DAYS)
        day += timedelta(days=length)
        asked, given_on = day, day + timedelta(days=length)
        standing_still = clocks.due_on(since, term, (*pauses, Pause(asked, None)), DAYS)
        pauses = (*pauses, Pause(asked, given_on))
        after = clocks.due_on(since, term, pauses, DAYS)
        assert before == standing_still <= after
        if term.counted == "calendar":
            assert after - before == given_on - asked
        elif asked <= before:
            assert DAYS.between(given_on, after) == DAYS.between(asked, before)
        day = given_on


@given(ANY_DAY, TERMS, st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.integers(0, 30))
def test_a_pause_before_a_clock_began_moves_nothing(since: date, term: Term, paused: date, length: int) -> None:
    earlier = Pause(paused, min(paused + timedelta(days=length), since))
    assert clocks.due_on(since, term, (earlier,), DAYS) == clocks.due_on(since, term, (), DAYS)


@given(
    ANY_DAY,
    TERMS,
    st.booleans(),
    st.lists(st.tuples(st.integers(1, 24 * 30), st.sampled_from(["look", "pause", "assign"])), max_size=60),
)
def test_every_threshold_is_told_at_most_once_and_every_level_too(
    since: date, term: Term, handled: bool, course: list[tuple[int, str]]
) -> None:
    """However often and whenever one looks, however the deadline moves, and whoever handles the case."""
    pauses: tuple[Pause, ...] = ()
    ticking = Ticking(
        complaint_id=CASE, clock=term.clock, since=since, due_on=clocks.due_on(since, term, (), DAYS), calendar="1"
    )
    now, told, kind = at(since, 9), [], (term.classes or ("tidak_berkadar",))[0]
    for hours, what in course:
        now += timedelta(hours=hours)
        today = now.astimezone(ZONE).date()
        if what == "pause":
            pauses = (*pauses, Pause(today, today + timedelta(days=hours % 9)))
            ticking = replace(ticking, due_on=clocks.due_on(since, term, pauses, DAYS))
            now += timedelta(days=hours % 9)
        handled = handled or what == "assign"
        while step := clocks.due_step(clocks.steps(ticking, kind, POLICY, DAYS, handled=handled, now=now), now):
            told.append(step)
            to = clocks.next_above(ticking.level, [UUID(int=1), UUID(int=2)], frozenset())
            ticking = clocks.taken(ticking, step, to, now.astimezone(ZONE).date())
    assert len(told) == len(set(_told(told)))
    lefts = [step.left for step in told if isinstance(step, Nearing)]
    assert lefts == sorted(lefts, reverse=True)
    assert set(lefts) <= set(term.warned)


def _told(steps: list[Step]) -> list[tuple[Step, int]]:
    """Each step, an escalation with its level: 1, 2."""
    return [(step, steps[: n + 1].count(step) if isinstance(step, Escalating) else 0) for n, step in enumerate(steps)]


def look(ticking: Ticking, now: datetime, *, handled: bool = True) -> Step | None:
    return clocks.due_step(clocks.steps(ticking, "tidak_berkadar", POLICY, DAYS, handled=handled, now=now), now)


def test_a_clock_that_nobody_heeds_warns_on_its_days_and_then_climbs() -> None:
    ticking = standing(a_course())[Clock.FIRST_ANSWER]  # due on Friday 2026-03-27
    told = []
    now = at(FRIDAY, 9)
    while now < at(date(2026, 5, 1)):
        if step := look(ticking, now):
            to = clocks.next_above(ticking.level, [UUID(int=1), UUID(int=2)], frozenset())
            ticking = clocks.taken(ticking, step, to, now.date())
            told.append((now, step, ticking.level))
        now += timedelta(hours=1)
    assert told == [
        (at(date(2026, 3, 25), 8), Nearing(2), 0),
        (at(date(2026, 3, 27), 8), Nearing(0), 0),
        (at(date(2026, 3, 31), 8), Escalating(), 1),  # Monday was the handler's
        (at(date(2026, 4, 6), 8), Escalating(), 2),  # 1 and 2 April were the head's, the 3rd is Good Friday
    ]


def test_a_case_that_nobody_handles_goes_to_the_head_of_the_unit_at_once() -> None:
    ticking = standing(a_course())[Clock.FIRST_ANSWER]
    monday = at(date(2026, 3, 30), 8)
    assert look(ticking, monday - timedelta(hours=1), handled=False) is None
    assert look(ticking, monday, handled=False) == Escalating()
    assert look(ticking, monday, handled=True) is None


def test_a_service_that_was_away_for_long_tells_the_latest_warning_only() -> None:
    ticking = standing(a_course())[Clock.FOLLOW_UP]
    assert look(ticking, at(DAYS.before(ticking.due_on, 2), 12)) == Nearing(2)


def test_a_paused_clock_neither_warns_nor_climbs() -> None:
    for ticking in standing(a_course(state=State.ON_HOLD, pauses=(Pause(FRIDAY, None),))).values():
        assert look(ticking, at(date(2027, 1, 1))) is None


def test_silence_closes_a_case_when_its_last_day_is_over_and_not_before() -> None:
    closing = standing(a_course(state=State.ANSWERED, answered_on=FRIDAY))[Clock.CLOSING]
    end = at(closing.due_on + timedelta(days=1))
    assert DAYS.between(FRIDAY, closing.due_on) == 10
    assert look(replace(closing, warned=2), end - timedelta(seconds=1)) is None
    assert look(closing, end) == Closing()


def test_a_warning_outside_its_term_is_refused_with_its_clock() -> None:
    with pytest.raises(ValidationError, match="the warnings of verification must fall, from fewer than its 3 days"):
        Term(clock=Clock.VERIFICATION, days=3, warned=(3, 0), source="a test")
