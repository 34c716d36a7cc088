"""What trainers find: completed, missed, tried again; and the learning hours that come of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.actions import learning
from services.training.api import enrolments as api
from services.training.api import sessions
from services.training.model.commands import Result, Results, ResultsOf, SignUp
from services.training.model.enrolments import State
from services.training.model.learning import Employed
from services.training.rules.learning import year_of
from services.training.rules.results import wrong_with
from services.training.store import enrolments
from shared.errors import Problem
from shared.events import training as told
from shared.events.directory import Employment
from tests.services.training.given import KTP, about, begin, completed, employee, scheduled
from tests.support import Bench

DAY = date(2026, 3, 2)


async def record(training: Bench, session: UUID, *results: Result, ended_on: date | None = None) -> bytes:
    asked = ResultsOf(session_id=session, results=results, ended_on=ended_on)
    _, body = await training.command(sessions.RECORD, asked, principal="trainer")
    return body


def came(employee: UUID, score: int | None = None) -> Result:
    return Result(employee_id=employee, attended=True, score=score)


def stayed_away(employee: UUID) -> Result:
    return Result(employee_id=employee, attended=False)


async def seated(training: Bench, *events: Any) -> UUID:
    """The session in which the first of them sits, which has begun."""
    await training.events(events)
    (first, *_) = [each for each in await training.told() if isinstance(each, told.EmployeeEnrolled)]
    await begin(training, first.session_id)
    return first.session_id


async def test_who_came_completed_each_need_of_the_seat_and_those_that_it_covered(training: Bench) -> None:
    event = completed(KTP)
    again = completed(KTP, employee=event.employee_id)
    session = await seated(training, event, again)
    await record(training, session, came(event.employee_id, 84))
    done = [each for each in await training.told() if isinstance(each, told.TrainingCompleted)]
    assert {each.need_id for each in done} == {event.needs[0].need_id, again.needs[0].need_id}
    assert {(each.jp, each.score, each.session_id) for each in done} == {(5, 84, session)}
    day = done[0].completed_on
    hours = await learning.learning(training.pool, training.policies, event.employee_id, day, "Asia/Jayapura")
    assert (hours.completed, hours.short, hours.left) == (5, 15, None)


async def test_a_missed_seat_gives_another_one_once_and_then_the_need_ends_as_missed(training: Bench) -> None:
    event = completed(KTP)
    session = await seated(training, event)
    second = await scheduled(training, days=50)
    await record(training, session, stayed_away(event.employee_id))
    *_, missed, enrolled = await about(training)
    assert isinstance(missed, told.TrainingMissed)
    assert (missed.session_id, missed.reason) == (session, "absent")
    assert isinstance(enrolled, told.EmployeeEnrolled)
    assert enrolled.session_id == second
    await begin(training, second)
    await record(training, second, Result(employee_id=event.employee_id, attended=True, passed=False))
    *_, last = await about(training)
    assert isinstance(last, told.TrainingMissed)
    assert last.reason == "not passed"
    (shown,) = await enrolments.enrolments(training.pool, event.employee_id, hidden=True)
    assert (shown.state, shown.reason, shown.session_id) == ("missed", "not passed", second)


async def test_a_missed_need_goes_to_the_end_of_the_line(training: Bench) -> None:
    events = [completed(KTP) for _ in range(3)]
    session = await seated(training, *events)
    await record(training, session, stayed_away(events[0].employee_id))
    waiting = await enrolments.everybody(training.pool, State.WAITLISTED)
    assert {one.employee_id: one.in_line for one in waiting} == {events[2].employee_id: 1, events[0].employee_id: 2}


async def test_results_are_taken_from_the_start_on_and_of_a_seat_once(training: Bench) -> None:
    event = completed(KTP)
    await training.events([event])
    (seat,) = [each for each in await training.told() if isinstance(each, told.EmployeeEnrolled)]
    with pytest.raises(Problem, match="not begun"):
        await record(training, seat.session_id, came(event.employee_id))
    await begin(training, seat.session_id)
    await record(training, seat.session_id, came(event.employee_id))
    with pytest.raises(Problem) as refused:
        await record(training, seat.session_id, came(event.employee_id))
    assert [error.field for error in refused.value.errors] == ["results.0.employee_id"]
    with pytest.raises(Problem, match="no such session"):
        await record(training, UUID(int=1), came(event.employee_id))


def test_a_lot_with_anything_wrong_in_it_names_each_field() -> None:
    one, two, other = uuid4(), uuid4(), uuid4()
    lot = Results(results=(came(one), came(other), came(two), came(two)), ended_on=date(2026, 3, 1))
    assert [error.field for error in wrong_with(lot, {one, two}, DAY, DAY)] == [
        *("results.1.employee_id", "results.2.employee_id", "results.3.employee_id"),
        "ended_on",
    ]
    assert wrong_with(Results(results=(came(one),), ended_on=DAY), {one, two}, DAY, DAY) == []


async def test_pp_49_2018_a_pppk_takes_no_more_than_24_hours_a_year_and_a_pns_is_shown_what_is_short(
    training: Bench,
) -> None:
    pppk, pns = uuid4(), uuid4()
    await training.events([employee(pppk, Employment.PPPK), employee(pns, Employment.PNS)])
    year = datetime.now(UTC).year + 1  # all in one year
    days = (date(year, 2, 1) - datetime.now(UTC).date()).days
    first, second, third = [await scheduled(training, 9, "open", days + n) for n in range(3)]
    for session in (first, second):
        await training.command(api.SIGN_UP, SignUp(session_id=session, employee_id=pppk), principal=str(pppk))
        await training.command(api.SIGN_UP, SignUp(session_id=session, employee_id=pns), principal=str(pns))
    with pytest.raises(Problem, match="at most 24 JP"):
        await training.command(api.SIGN_UP, SignUp(session_id=third, employee_id=pppk), principal=str(pppk))
    await training.command(api.SIGN_UP, SignUp(session_id=third, employee_id=pns), principal=str(pns))
    zone = training.settings.zone.key
    day = date(year, 12, 31)
    all_of = [training.pool, training.policies, day, zone, None, None, 10]
    hours = {one.employee_id: one for one in await learning.everybody(*all_of, short=False)}
    assert (hours[pppk].booked, hours[pppk].left, hours[pppk].short) == (20, 4, None)
    assert (hours[pns].booked, hours[pns].left, hours[pns].short) == (30, None, 20)
    assert [one.employee_id for one in await learning.everybody(*all_of, short=True)] == [pns]
    alone = await learning.learning(training.pool, training.policies, pppk, day, zone)
    assert alone == hours[pppk]


async def test_pp_49_2018_the_hours_of_a_pppk_count_by_the_years_of_the_contract(training: Bench) -> None:
    """Weaker: 1 January gives new hours to somebody whose contract began on another day, or its own day none."""
    one, zone = uuid4(), training.settings.zone
    today = datetime.now(UTC).astimezone(zone).date()
    begins = date(today.year + (today >= date(today.year, 9, 28)), 10, 1)
    last = date(begins.year + 1, 9, 30)
    await training.events([employee(one, Employment.PPPK, begins.replace(year=begins.year - 3))])

    async def sign_up(day: date) -> None:
        session = await scheduled(training, 9, "open", (day - today).days)
        await training.command(api.SIGN_UP, SignUp(session_id=session, employee_id=one), principal=str(one))

    for day in (begins, begins + timedelta(days=360)):
        await sign_up(day)
    for full in (begins + timedelta(days=1), date(begins.year + 1, 1, 2)):
        with pytest.raises(Problem, match="at most 24 JP a contract year") as refused:
            await sign_up(full)
        assert f"from {begins} until {last}" in str(refused.value.detail)
    await sign_up(begins - timedelta(days=1))
    pool, policies, end = training.pool, training.policies, date(begins.year, 12, 31)
    this = await learning.learning(pool, policies, one, end, zone.key)
    assert (this.year, this.since, this.until, this.booked, this.left) == (begins.year, begins, last, 20, 4)
    before = await learning.learning(pool, policies, one, begins - timedelta(days=1), zone.key)
    assert (before.until, before.booked, before.left) == (begins - timedelta(days=1), 10, 14)
    (listed,) = await learning.everybody(pool, policies, end, zone.key, None, None, 9, short=False)
    assert listed == this


DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@given(DAYS, DAYS)
def test_every_day_lies_in_one_year_of_a_contract_and_they_follow_each_other(day: date, since: date) -> None:
    employed = Employed(uuid4(), Employment.PPPK, since)
    year = year_of(day, employed)
    assert year.since <= day <= year.until
    assert (year.since.month, year.since.day) in {(since.month, since.day), (2, 28)}
    assert year_of(year.until + timedelta(days=1), employed).since == year.until + timedelta(days=1)
    assert year_of(year.since, employed) == year == year_of(year.until, employed)
    if day >= since:
        assert year.since >= since


@given(DAYS, DAYS)
def test_the_year_of_everybody_else_is_the_calendars(day: date, since: date) -> None:
    calendar = (date(day.year, 1, 1), date(day.year, 12, 31))
    for employed in (Employed(uuid4()), Employed(uuid4(), Employment.PPPK), Employed(uuid4(), Employment.PNS, since)):
        assert (year_of(day, employed).since, year_of(day, employed).until) == calendar
