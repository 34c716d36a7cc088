"""The clocks of complaints on a real database: they are set by filing, told of as they run, and moved by decrees."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.complaints.actions import clocks
from services.complaints.api import cases as api
from services.complaints.api import replies
from services.complaints.model.cases import Comment, Handle
from services.complaints.model.policies import CalendarPolicy
from services.complaints.model.rows import Audience
from shared.events import Event
from shared.events.complaints import Clock, ComplaintClosed, ComplaintEscalated, DeadlineMoved, DeadlineNear
from tests.services.complaints.doing import TEXT, UPHELD, do
from tests.services.complaints.given import COLLEAGUE, DAYS, HEAD, OFFICER, a_complaint, a_unit, an_employee, local
from tests.services.complaints.test_filing import file, filing
from tests.support import Bench, record_of

CAMAT = UUID(int=0xD)
DUE = "SELECT clock, due_on FROM complaint_clock WHERE complaint_id = $1 AND stopped_on IS NULL"
ASKED_EARLIER = "UPDATE said SET at = at - $1::interval WHERE kind = 'question' RETURNING at"
TIMERS = "SELECT subject, due FROM timer WHERE name = 'complaint_clock'"


@pytest.fixture
async def district(complaints: Bench) -> Bench:
    """The camat above the unit, its head above the officer."""
    await complaints.events([a_unit("kecamatan", head_id=CAMAT), a_unit(parent="kecamatan")])
    await complaints.events([an_employee(OFFICER), an_employee(COLLEAGUE)])
    return complaints


async def due(bench: Bench, complaint_id: UUID) -> dict[Clock, date]:
    return {Clock(row["clock"]): row["due_on"] for row in await bench.pool.fetch(DUE, complaint_id)}


async def pass_days(bench: Bench, since: date, until: date) -> None:
    """Let the timers look twice a day, as two replicas would."""
    for n in range(1, (until - since).days + 1):
        for hour in (0, 9):
            await bench.timers(local(since + timedelta(days=n), hour))


def since_of(days: dict[Clock, date]) -> date:
    return days[Clock.LIMIT] - timedelta(days=60)


def of(clock: Clock, told: list[Event]) -> list[DeadlineNear | ComplaintEscalated]:
    kinds = (DeadlineNear, ComplaintEscalated)
    return [one for one in told if isinstance(one, kinds) and one.clock is clock]


async def test_a_filing_sets_its_clocks_and_one_timer(complaints: Bench) -> None:
    complaint_id = await file(complaints, filing())
    days = await due(complaints, complaint_id)
    filed_on = await complaints.pool.fetchval("SELECT filed_on FROM complaint")
    assert days == {
        Clock.VERIFICATION: DAYS.plus(filed_on, 3),
        Clock.FIRST_ANSWER: DAYS.plus(filed_on, 5),
        Clock.FOLLOW_UP: DAYS.plus(filed_on, 14),
        Clock.LIMIT: filed_on + timedelta(days=60),
    }
    [timer] = await complaints.pool.fetch(TIMERS)
    warned_on = DAYS.before(days[Clock.VERIFICATION], 1)
    assert (timer["subject"], timer["due"]) == (str(complaint_id), local(warned_on, 8))


async def test_what_nobody_heeds_is_warned_of_once_a_threshold_and_climbs_to_the_camat(district: Bench) -> None:
    complaint_id = await file(district, filing(service="skck"))  # nobody is named: it is the unit's
    days = await due(district, complaint_id)
    await pass_days(district, since_of(days), days[Clock.LIMIT] + timedelta(days=14))
    told = await district.told()
    expected = {
        Clock.VERIFICATION: [1, 0],
        Clock.FIRST_ANSWER: [2, 0],
        Clock.FOLLOW_UP: [5, 2, 0],
        Clock.LIMIT: [10, 5, 2, 0],
    }
    for clock, thresholds in expected.items():
        warned = [DeadlineNear(**about(complaint_id, clock, days), handler_id=None, threshold=n) for n in thresholds]
        climbed = [
            ComplaintEscalated(**about(complaint_id, clock, days), level=level, to_id=to)
            for level, to in ((1, HEAD), (2, CAMAT))
        ]
        assert of(clock, told) == [*warned, *climbed]
    assert await district.pool.fetch(TIMERS) == []


def about(complaint_id: UUID, clock: Clock, days: dict[Clock, date]) -> dict[str, object]:
    return {"complaint_id": complaint_id, "clock": clock, "due_on": days[clock]}


async def test_the_superior_of_the_subject_is_skipped(district: Bench) -> None:
    complaint_id = await file(district, filing(service="skck", employee_id=OFFICER))
    days = await due(district, complaint_id)
    await pass_days(district, since_of(days), DAYS.plus(days[Clock.VERIFICATION], 5))
    escalated = [one for one in await district.told(ComplaintEscalated) if isinstance(one, ComplaintEscalated)]
    assert {(one.level, one.to_id) for one in escalated} == {(2, CAMAT)}
    assert max(Counter(one.clock for one in escalated).values()) == 1


async def test_a_case_of_no_unit_goes_to_the_camat(district: Bench) -> None:
    complaint_id = await file(district, filing())
    days = await due(district, complaint_id)
    await pass_days(district, since_of(days), DAYS.plus(days[Clock.VERIFICATION], 1))
    [told] = of(Clock.VERIFICATION, await district.told(ComplaintEscalated))
    assert isinstance(told, ComplaintEscalated)
    assert (told.level, told.to_id) == (2, CAMAT)


def decree(bench: Bench, closed: date, since: date | None = None) -> None:
    """A new version of the calendar, in force today unless a day is named, as a restart with its file would bring."""
    old = bench.policies.known["calendar"][-1]
    since = since or old.valid_from
    new = CalendarPolicy(version="decree", valid_from=since, source="a test", closed=(closed,), opened=())
    known = {**bench.policies.known, "calendar": (*bench.policies.known["calendar"], new)}
    bench.runner.policies = replace(bench.policies, known=known)


async def recount(bench: Bench, now: datetime | None = None) -> None:
    """What the night does."""
    await bench.pool.execute("INSERT INTO timer (name, subject, due) VALUES ($1, '', now())", clocks.RECOUNT)
    await bench.timers(now)
    await bench.pool.execute("DELETE FROM timer WHERE name = $1", clocks.RECOUNT)


async def test_a_decree_moves_open_deadlines_by_night_and_tells_each_once(complaints: Bench) -> None:
    complaint_id = await file(complaints, filing())
    before = await due(complaints, complaint_id)
    closed = before[Clock.FIRST_ANSWER]
    decree(complaints, closed)
    for _ in range(2):
        await recount(complaints)
    after = await due(complaints, complaint_id)
    assert after == {
        **before,
        Clock.FIRST_ANSWER: DAYS.plus(closed, 1),
        Clock.FOLLOW_UP: DAYS.plus(before[Clock.FOLLOW_UP], 1),
    }
    moved = [one for one in await complaints.told(DeadlineMoved) if isinstance(one, DeadlineMoved)]
    assert {one.clock: (one.due_on, one.reason) for one in moved} == {
        clock: (after[clock], "calendar") for clock in (Clock.FIRST_ANSWER, Clock.FOLLOW_UP)
    }
    assert len(moved) == 2


async def test_a_decree_from_tomorrow_on_is_the_same_calendar_today(complaints: Bench) -> None:
    """Weaker: replicas with it and without count against each other while one after the other is restarted."""
    complaint_id = await file(complaints, filing())
    closed = (await due(complaints, complaint_id))[Clock.FIRST_ANSWER]
    tomorrow = datetime.now(DAYS.zone).date() + timedelta(days=1)
    decree(complaints, closed, tomorrow)
    await recount(complaints)
    assert await complaints.told(DeadlineMoved) == []
    await recount(complaints, local(tomorrow, 0, 6))
    assert (await due(complaints, complaint_id))[Clock.FIRST_ANSWER] == DAYS.plus(closed, 1)


async def test_nobody_is_warned_of_a_day_that_a_decree_has_moved(complaints: Bench) -> None:
    complaint_id = await file(complaints, filing())
    before = await due(complaints, complaint_id)
    warned_on = DAYS.before(before[Clock.VERIFICATION], 1)
    decree(complaints, warned_on)
    await complaints.timers(local(warned_on, 9))
    assert await complaints.told(DeadlineNear) == []
    assert Clock.VERIFICATION in {
        one.clock for one in await complaints.told(DeadlineMoved) if isinstance(one, DeadlineMoved)
    }


async def filed_days_ago(bench: Bench, days: int) -> UUID:
    """A complaint that an office took in some days ago."""
    record = record_of(a_complaint(employee_id=OFFICER), 0, event_id="late", source="urn:office")
    headers = {**dict(record.headers), "ce_time": (datetime.now(UTC) - timedelta(days=days)).isoformat().encode()}
    await bench.records([replace(record, headers=list(headers.items()))])
    complaint_id: UUID = await bench.pool.fetchval("SELECT complaint_id FROM complaint")
    return complaint_id


async def test_a_question_pauses_the_clocks_and_what_was_asked_for_moves_them(district: Bench) -> None:
    case = await filed_days_ago(district, 6)
    before = await due(district, case)
    await do(district, api.ASK, case, TEXT, by=COLLEAGUE)
    assert await district.pool.fetch(TIMERS) == []
    assert await due(district, case) == before
    asked: datetime = await district.pool.fetchval(ASKED_EARLIER, timedelta(days=5))
    await do(district, replies.PROVIDE, case, TEXT, by=None)
    paused = DAYS.between(DAYS.local_day(asked), DAYS.local_day(asked + timedelta(days=5)))
    after = await due(district, case)
    assert after == {
        clock: day + timedelta(days=5) if clock is Clock.LIMIT else DAYS.plus(day, paused)
        for clock, day in before.items()
    }
    moved = [one for one in await district.told(DeadlineMoved) if isinstance(one, DeadlineMoved)]
    assert {one.clock: (one.due_on, one.reason) for one in moved} == {
        clock: (day, "pause") for clock, day in after.items() if day != before[clock]
    }
    assert len(await district.pool.fetch(TIMERS)) == 1


async def test_a_comment_moves_nothing(district: Bench) -> None:
    case = await filed_days_ago(district, 2)
    before = await district.pool.fetch("SELECT * FROM complaint_clock ORDER BY clock")
    await do(district, api.COMMENT, case, Comment(text="Soon.", audience=Audience.PUBLIC), by=COLLEAGUE)
    await do(district, replies.COMMENT, case, TEXT, by=None)
    assert await district.pool.fetch("SELECT * FROM complaint_clock ORDER BY clock") == before
    assert await district.told(DeadlineMoved) == []


async def test_silence_after_the_answer_closes_a_case_once(district: Bench) -> None:
    case = await file(district, filing(employee_id=OFFICER))
    await do(district, api.ANSWER, case, UPHELD, by=COLLEAGUE)
    days = await due(district, case)
    last = days.pop(Clock.CLOSING)
    assert days == {}
    today = DAYS.local_day(datetime.now(UTC))
    await pass_days(district, today, last)
    assert await district.told(ComplaintClosed) == [], "the reporter may reply until the last day is over"
    await pass_days(district, last, last + timedelta(days=2))
    assert await district.told(ComplaintClosed) == [ComplaintClosed(complaint_id=case, by="silence")]
    warned = DeadlineNear(complaint_id=case, clock=Clock.CLOSING, due_on=last, handler_id=COLLEAGUE, threshold=2)
    assert of(Clock.CLOSING, await district.told()) == [warned]
    assert await district.pool.fetchval("SELECT state FROM complaint WHERE ended_at IS NOT NULL") == "closed"
    assert await due(district, case) == {}
    assert await district.pool.fetch(TIMERS) == []


async def test_a_handler_has_a_day_of_grace_before_the_next_one_above_is_told(district: Bench) -> None:
    case = await file(district, filing(service="skck"))
    await do(district, api.HANDLE, case, Handle(), by=COLLEAGUE)
    last = (await due(district, case))[Clock.VERIFICATION]
    following = DAYS.plus(last, 1)
    await pass_days(district, DAYS.local_day(datetime.now(UTC)), following)
    assert {one.handler_id for one in await district.told(DeadlineNear) if isinstance(one, DeadlineNear)} == {COLLEAGUE}
    assert of(Clock.VERIFICATION, await district.told(ComplaintEscalated)) == []
    await pass_days(district, following, DAYS.plus(following, 1))
    [escalated] = await district.told(ComplaintEscalated)
    assert isinstance(escalated, ComplaintEscalated)
    assert (escalated.clock, escalated.level, escalated.to_id) == (Clock.VERIFICATION, 1, HEAD)


async def test_complaints_of_before_the_clocks_get_theirs_by_night(complaints: Bench) -> None:
    complaint_id = await file(complaints, filing())
    expected = await due(complaints, complaint_id)
    await complaints.pool.execute("DELETE FROM complaint_clock")
    await complaints.pool.execute("DELETE FROM timer")
    await complaints.pool.execute("INSERT INTO timer (name, subject, due) VALUES ($1, '', now())", clocks.RECOUNT)
    await complaints.timers()
    assert await due(complaints, complaint_id) == expected
