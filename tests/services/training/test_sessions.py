"""Sessions: scheduled and cancelled over HTTP, recurring by themselves; whoever waits is served at once."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.training.api import enrolments as api
from services.training.api import sessions
from services.training.model.catalogue import WEEKDAYS, Routine
from services.training.model.commands import OfSession, Schedule, SignUp
from services.training.model.enrolments import State
from services.training.rules.sessions import nth_weekday, occurrences, wrong_with
from services.training.store import enrolments
from services.training.store import sessions as store
from shared.clock import WorkingDays
from shared.errors import Problem, SetupError
from shared.events import training as told
from tests.services.training.given import KTP, about, begin, completed, load, scheduled, seed
from tests.support import Bench

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
ROUTINE = """
routines:
  - {code: monthly, course: COURSE, nth: 2, weekday: tuesday, at: "13:00", seats: 3, place: Aula, months_ahead: 3}
"""


def routine(weekday: str = "tuesday", nth: int = 2, months: int = 3) -> Routine:
    return Routine.model_validate(
        {
            **{"code": "x", "course": "x", "nth": nth, "weekday": weekday, "at": "13:00", "seats": 3},
            **{"place": "Aula", "months_ahead": months},
        }
    )


async def test_a_session_that_is_scheduled_seats_the_first_in_line_at_once(training: Bench) -> None:
    events = [completed(KTP) for _ in range(5)]
    await training.events(events)
    session = await scheduled(training, seats=2)
    promoted = [each for each in await training.told() if isinstance(each, told.EmployeePromoted)]
    assert [each.employee_id for each in promoted] == [event.employee_id for event in events[2:4]]
    assert {each.session_id for each in promoted} == {session}
    found = await store.one(training.pool, session)
    assert found
    assert found.free == 0
    (waits,) = await enrolments.everybody(training.pool, State.WAITLISTED)
    assert (waits.employee_id, waits.in_line, waits.reason) == (events[4].employee_id, 1, "all seats are taken")


async def test_a_need_that_waited_since_no_session_fitted_is_served_by_the_next(training: Bench) -> None:
    event = completed(("all", "timeliness"))
    await training.events([event])
    (waits,) = await enrolments.everybody(training.pool)
    assert (waits.state, waits.reason, waits.in_line) == ("waitlisted", "no course treats it", None)


async def test_a_course_of_a_new_catalogue_serves_whoever_waited_for_it(training: Bench, tmp_path: Path) -> None:
    event = completed(("delay", "delay"))
    await training.events([event])
    given = seed(tmp_path, version="2")
    (ktp, *more) = given.courses
    given = given.model_copy(update={"courses": (ktp.model_copy(update={"tests": ("ktp", "delay")}), *more)})
    await load(training, given)
    assert isinstance((await about(training))[-1], told.EmployeePromoted)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("course", {"course": "unknown"}),
        ("starts_at", {"starts_at": NOW}),
        ("starts_at", {"starts_at": NOW + timedelta(days=1000)}),
    ],
)
def test_what_is_wrong_with_a_session_is_named(field: str, change: dict[str, object]) -> None:
    asked = Schedule(course="ktp", starts_at=NOW + timedelta(days=1), place="Aula", seats=1)
    assert wrong_with(asked, {"ktp"}, NOW) == []
    (error,) = wrong_with(asked.model_copy(update=change), {"ktp"}, NOW)
    assert error.field == field


async def test_a_session_that_is_cancelled_moves_needs_or_lets_them_wait_and_ends_other_seats(training: Bench) -> None:
    spare = await scheduled(training, seats=1, days=60)
    doomed = await scheduled(training, seats=3, days=1)
    own = uuid4()
    await training.command(api.SIGN_UP, SignUp(session_id=doomed, employee_id=own), principal=str(own))
    events = [completed(KTP) for _ in range(4)]
    await training.events(events)
    before = len(await about(training))
    await training.command(sessions.CANCEL, OfSession(session_id=doomed), principal="operator")
    ended, moved, waits = (await about(training))[before:]
    assert isinstance(ended, told.EnrolmentCancelled)
    assert (ended.employee_id, ended.need_id, ended.reason) == (own, None, "session cancelled")
    assert isinstance(moved, told.EmployeeEnrolled)
    assert (moved.employee_id, moved.session_id) == (events[0].employee_id, spare)
    assert isinstance(waits, told.EmployeeWaitlisted)
    assert waits.employee_id == events[1].employee_id
    assert doomed not in {session.session_id for session in await store.listed(training.pool)}
    with pytest.raises(Problem, match="was cancelled"):
        await training.command(sessions.CANCEL, OfSession(session_id=doomed), principal="operator")


async def test_a_session_that_has_begun_can_not_be_cancelled_nor_joined(training: Bench) -> None:
    session = await scheduled(training)
    await begin(training, session)
    with pytest.raises(Problem, match="has begun"):
        await training.command(sessions.CANCEL, OfSession(session_id=session), principal="operator")
    with pytest.raises(Problem, match="has begun"):
        await training.command(api.SIGN_UP, SignUp(session_id=session, employee_id=uuid4()))


async def test_sessions_are_listed_by_course_and_local_day_in_pages(training: Bench) -> None:
    zone: ZoneInfo = training.settings.zone
    ids = [await scheduled(training, course="open", days=days) for days in (10, 20, 30)]
    found = await store.listed(training.pool, "open")
    assert [one.session_id for one in found] == ids
    day = found[1].starts_at.astimezone(zone).date()
    assert [one.session_id for one in await store.listed(training.pool, "open", day, day, zone.key)] == ids[1:2]
    after = (found[0].starts_at, found[0].session_id)
    assert [one.session_id for one in await store.listed(training.pool, "open", after=after, limit=1)] == ids[1:2]


async def test_routine_sessions_open_months_ahead_once_and_one_that_was_cancelled_stays_so(
    training: Bench, tmp_path: Path
) -> None:
    await load(training, seed(tmp_path, version="2", more=ROUTINE.replace("COURSE", "open")))
    opened = await store.listed(training.pool, "open")
    assert len(opened) in (3, 4)
    await training.command(sessions.CANCEL, OfSession(session_id=opened[0].session_id), principal="operator")
    now = datetime.now(UTC)
    assert await training.timers(now) == 0
    await training.pool.execute(
        "INSERT INTO timer (name, subject, due) VALUES ('open_recurring_sessions', '', $1)", now
    )
    assert await training.timers() == 1
    assert await store.listed(training.pool, "open") == opened[1:]
    scheduled_ones = [each for each in await training.told() if isinstance(each, told.SessionScheduled)]
    assert [each.session_id for each in scheduled_ones if each.course == "open"] == [
        session.session_id for session in sorted(opened, key=lambda one: one.starts_at)
    ]


def test_a_catalogue_names_the_session_of_an_unknown_course(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="monthly: of a course that is not in the file"):
        seed(tmp_path, more=ROUTINE.replace("COURSE", "unknown"))


@settings(deadline=None)  # the table of holidays takes a while, once a year
@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.sampled_from(WEEKDAYS), st.integers(1, 4), st.integers(1, 12))
def test_a_routine_is_held_each_month_on_its_weekday_or_the_working_day_after(
    today: date, weekday: str, nth: int, months: int
) -> None:
    calendar = WorkingDays(ZoneInfo("Asia/Jayapura"))
    found = occurrences(routine(weekday, nth, months), today, calendar)
    assert all(calendar.is_working(held) and held > today for _, held in found)
    assert all(held == n or calendar.between(n, held) == 1 for n, held in found)
    assert {n.weekday() for n, _ in found} <= {WEEKDAYS.index(weekday)}
    assert {(n.day - 1) // 7 + 1 for n, _ in found} <= {nth}
    named = [(n.year, n.month) for n, _ in found]
    assert named == sorted(set(named))
    assert len(found) in (months, months + 1)


def test_the_second_tuesday_of_march_2026_is_the_tenth() -> None:
    assert nth_weekday(2026, 3, 2, 1) == date(2026, 3, 10)


async def test_who_signs_up_of_their_own_accord_takes_only_what_is_free(training: Bench) -> None:
    session = await scheduled(training, seats=1, course="open")
    who = uuid4()
    status, _ = await training.command(api.SIGN_UP, SignUp(session_id=session, employee_id=who))
    assert status == 201
    for employee, words in ((who, "You have a seat"), (uuid4(), "All seats")):
        with pytest.raises(Problem, match=words):
            await training.command(api.SIGN_UP, SignUp(session_id=session, employee_id=employee))
    with pytest.raises(Problem, match="no such session"):
        await training.command(api.SIGN_UP, SignUp(session_id=UUID(int=1), employee_id=who))
    assert await about(training) == []
