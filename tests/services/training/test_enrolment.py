"""Training over a real database: needs become seats once, however the events come."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.training.actions import catalogue
from services.training.app import service
from services.training.store import enrolments, sessions
from shared.clock import WorkingDays
from shared.errors import SetupError
from shared.events.complaints import Visibility
from shared.events.training import EmployeeEnrolled, EmployeeWaitlisted
from tests.services.training.given import KTP, about, completed, enrolled, load, seed
from tests.support import Bench


async def test_a_need_gets_the_earliest_seat_and_its_evaluation_is_named(training: Bench) -> None:
    event = completed(KTP)
    await training.events([event, completed()])
    (told,) = await about(training)
    assert isinstance(told, EmployeeEnrolled)
    assert (told.need_id, told.evaluation_id) == (event.needs[0].need_id, event.evaluation_id)
    assert (told.employee_id, told.test, told.course) == (event.employee_id, "ktp", "ktp")
    (session,) = await sessions.listed(training.pool)
    assert (session.session_id, session.free) == (told.session_id, 1)


async def test_a_need_without_a_course_or_without_a_seat_waits_visibly(training: Bench) -> None:
    events = [completed(("coach", "coach")), completed(KTP), completed(KTP), completed(KTP)]
    await training.events(events)
    waiting = [told for told in await about(training) if isinstance(told, EmployeeWaitlisted)]
    assert [(told.employee_id, told.course) for told in waiting] == [
        (events[0].employee_id, None),
        (events[3].employee_id, "ktp"),
    ]


@pytest.mark.parametrize("one_by_one", [True, False])
async def test_the_last_seats_go_to_the_first_needs_in_one_batch_as_one_by_one(
    training: Bench, one_by_one: bool
) -> None:
    events = [completed(KTP) for _ in range(4)]
    await training.events(events, one_by_one=one_by_one)
    assert [told.employee_id for told in await enrolled(training)] == [event.employee_id for event in events[:2]]


async def test_transactions_side_by_side_never_fill_more_seats_than_there_are(training: Bench) -> None:
    records = [training.record(completed(KTP)) for _ in range(12)]
    await asyncio.gather(*(training.records([record]) for record in records))
    assert len(await enrolled(training)) == 2
    assert len(await about(training)) == 12


async def test_a_need_that_is_told_again_and_a_weakness_that_is_being_treated_enrol_nobody_twice(
    training: Bench,
) -> None:
    event = completed(KTP)
    (record,) = await training.events([event])
    await training.records([record])
    await training.events([event, completed(KTP, employee=event.employee_id)])
    assert len(await about(training)) == 1
    found = await enrolments.enrolments(training.pool, event.employee_id, hidden=False)
    assert [enrolment.state for enrolment in found] == ["enrolled", "covered"]


async def test_what_follows_a_hidden_reporter_is_shown_to_the_employee_only_later(training: Bench) -> None:
    event = completed(KTP, visibility=Visibility.ANONYMOUS)
    await training.events([event])
    assert await enrolments.enrolments(training.pool, event.employee_id, hidden=False) == []
    assert len(await enrolments.enrolments(training.pool, event.employee_id, hidden=True)) == 1


async def test_the_catalogue_is_loaded_once_and_its_sessions_keep_their_day_and_seats(
    training: Bench, tmp_path: Path
) -> None:
    (before,) = await sessions.listed(training.pool)
    await load(training, seed(tmp_path))
    await load(training, seed(tmp_path, version="2", seats=9))
    assert await sessions.listed(training.pool) == [before]
    calendar = WorkingDays(training.settings.zone)
    assert calendar.between(calendar.local_day(datetime.now(UTC)), calendar.local_day(before.starts_at)) == 5
    with pytest.raises(SetupError, match="was changed"):
        await load(training, seed(tmp_path, version="2", seats=8))


async def test_the_sample_catalogue_treats_every_test_that_can_show_a_need() -> None:
    given = catalogue.read_catalogue(service.settings.model_fields["training_seed"].default)
    for test, part in [("ktp", "timeliness"), ("surat-tanah", "timeliness"), ("all", "timeliness"), ("delay", "delay")]:
        assert [c for c in given.courses if test in c.tests or part in c.parts], test
    held = {session.course for session in given.sessions} | {routine.course for routine in given.routines}
    assert held == {course.code for course in given.courses}
