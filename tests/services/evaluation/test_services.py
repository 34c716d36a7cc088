"""Service records become daily counters; what is overdue and open counts too, once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.evaluation.model.evidence import Evidence
from shared.events.complaints import ServiceDelivered, StandardUnit
from tests.services.evaluation.facts import DAY, NOW, complaint, delivered, finished, overdue, tell, told_at
from tests.support import Bench

COUNTERS = "SELECT counted_on, service, on_time, slightly, late FROM service_day ORDER BY 1, 2, employee_id"


async def counters(bench: Bench) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await bench.pool.fetch(COUNTERS)]


async def evidence(bench: Bench) -> Evidence:
    (row,) = await bench.pool.fetch("SELECT evidence FROM evaluation_revision ORDER BY as_of DESC LIMIT 1")
    return Evidence.parse(row["evidence"])


async def test_records_are_counted_by_officer_day_service_and_lateness(evaluation: Bench) -> None:
    one, other = uuid4(), uuid4()
    await tell(evaluation, *(delivered(one, used=used) for used in (15, 18, 19, 10)))
    await tell(evaluation, delivered(one, service="sktm"), delivered(other), delivered(one, day=date(2026, 7, 13)))

    assert sorted(await counters(evaluation)) == [
        (date(2026, 7, 13), "ktp", 1, 0, 0),
        (DAY, "ktp", 1, 0, 0),
        (DAY, "ktp", 2, 1, 1),
        (DAY, "sktm", 1, 0, 0),
    ]


async def test_a_working_day_of_grace_is_a_whole_one(evaluation: Bench) -> None:
    hk: dict[str, Any] = {"service": "pindah", "standard": 1, "standard_unit": StandardUnit.WORKING_DAYS}
    await tell(evaluation, *(delivered(uuid4(), used=used, **hk) for used in (1, 2, 3)))

    assert sorted(row[2:] for row in await counters(evaluation)) == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]


async def test_a_record_that_comes_again_counts_once(evaluation: Bench) -> None:
    record = told_at(evaluation, delivered(uuid4()))
    await evaluation.records([record])
    await evaluation.records([record, record])

    assert [row[2:] for row in await counters(evaluation)] == [(1, 0, 0)]


async def test_finishing_corrects_how_late_it_was_and_never_the_day(evaluation: Bench) -> None:
    open_request = overdue(uuid4(), deadline=NOW - timedelta(minutes=30))
    moved = finished(open_request, used=18).model_copy(update={"counted_on": date(2026, 7, 15)})
    await tell(evaluation, open_request)
    await tell(evaluation, moved)

    assert await counters(evaluation) == [(DAY, "ktp", 0, 1, 0)]
    assert await evaluation.pool.fetchval("SELECT count(*) FROM overdue") == 0


async def test_overdue_and_finished_in_one_batch_count_once(evaluation: Bench) -> None:
    open_request = overdue(uuid4(), deadline=NOW - timedelta(minutes=30))
    await tell(evaluation, open_request, finished(open_request, used=60))

    assert await counters(evaluation) == [(DAY, "ktp", 0, 0, 1)]
    assert await evaluation.pool.fetchval("SELECT count(*) FROM overdue") == 0


async def test_an_open_request_is_slightly_late_until_its_grace_ends(evaluation: Bench) -> None:
    """15 minutes have 3 minutes and 45 seconds of grace."""
    employee, deadline = uuid4(), datetime(2026, 7, 14, 8, tzinfo=UTC)
    await tell(evaluation, overdue(employee, deadline=deadline))
    await tell(evaluation, complaint(employee, day=DAY), at=deadline + timedelta(seconds=225))
    within = (await evidence(evaluation)).late
    await tell(evaluation, complaint(employee, day=DAY), at=deadline + timedelta(seconds=226))
    after = (await evidence(evaluation)).late

    assert [(piece.slightly, piece.late) for piece in (*within, *after)] == [(1, 0), (0, 1)]


async def test_an_open_request_in_working_days_has_a_whole_day_of_grace(evaluation: Bench) -> None:
    """Its deadline is the end of Tuesday, so it is slightly late until the end of Wednesday in Jakarta."""
    employee, ends = uuid4(), datetime(2026, 7, 15, 17, tzinfo=UTC)
    hk: dict[str, Any] = {"service": "pindah", "standard": 1, "standard_unit": StandardUnit.WORKING_DAYS}
    await tell(evaluation, overdue(employee, deadline=datetime(2026, 7, 14, 17, tzinfo=UTC), **hk))

    assert await evaluation.pool.fetchval("SELECT grace_ends FROM overdue") == ends


async def test_any_cutting_into_batches_leaves_the_same_counters(evaluation: Bench) -> None:
    employees = [uuid4(), uuid4()]
    facts: list[ServiceDelivered] = [delivered(employees[n % 2], used=10 + n) for n in range(12)]
    await tell(evaluation, *facts)
    at_once = await counters(evaluation)
    await evaluation.pool.execute("TRUNCATE service_day, seen, position")
    evaluation.sequences.clear()
    for fact in facts:
        await tell(evaluation, fact)

    assert await counters(evaluation) == at_once
