"""Service records, and the complaints that wait for them, on a real database."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from asyncpg import Record as Row

from services.complaints.actions import records as verbs
from shared.events import Event
from shared.events.complaints import (
    ComplaintAssigned,
    ComplaintFiled,
    ServiceDelivered,
    ServiceOverdue,
    SubmissionRefused,
)
from shared.messaging.record import Record
from shared.messaging.tx import Cause, Tx
from tests.services.complaints.given import COLLEAGUE, DAYS, OFFICER, a_complaint, a_completion, a_request, local
from tests.support import Bench, record_of

NOW = datetime.now(UTC).replace(microsecond=0)
RECEIVED = local(DAYS.local_day(NOW) - timedelta(days=2), 9)
REQUESTED = a_request(received_at=RECEIVED)
COMPLETED = a_completion(received_at=RECEIVED, minutes=25)


def of_office(event: Event, event_id: str, **more: Any) -> Record:
    return record_of(event, 0, event_id=event_id, source="urn:office", **more)


async def all_rows(bench: Bench, table: str, order: str) -> list[Row]:
    rows: list[Row] = await bench.pool.fetch(f"SELECT * FROM {table} ORDER BY {order}")
    return rows


async def due(bench: Bench) -> list[datetime]:
    return [row["due"] for row in await bench.pool.fetch("SELECT due FROM timer WHERE name = 'service_deadline'")]


async def test_a_finished_record_is_told_once_whatever_comes_and_in_whatever_order(complaints: Bench) -> None:
    records = [
        of_office(REQUESTED, "a"),
        of_office(COMPLETED, "b"),
        of_office(REQUESTED, "c"),
        of_office(COMPLETED, "d"),
    ]
    for record in records:
        await complaints.records([record])
    (told,) = await complaints.told()
    assert isinstance(told, ServiceDelivered)
    assert (told.used, told.counted_on, told.employee_id) == (25, DAYS.local_day(RECEIVED), OFFICER)
    assert await due(complaints) == []


@pytest.mark.parametrize("one_by_one", [True, False], ids=["one by one", "as one batch"])
async def test_every_order_of_request_completion_and_complaint_ends_in_the_same_rows(
    complaints: Bench, one_by_one: bool
) -> None:
    ends = []
    filed = of_office(a_complaint(request_number="REQ-1"), "f")
    for order in permutations([of_office(REQUESTED, "r"), of_office(COMPLETED, "c"), filed]):
        await complaints.pool.execute("TRUNCATE service_record, complaint, reporter, stranger, timer, outbox CASCADE")
        for lot in [[record] for record in order] if one_by_one else [list(order)]:
            await complaints.records(lot)
        (record,) = await all_rows(complaints, "service_record", "record_id")
        (complaint,) = await all_rows(complaints, "complaint", "complaint_id")
        timeless = {k: v for k, v in complaint.items() if k not in ("complaint_id", "filed_at", "receipt_hash")}
        ends.append((dict(record), timeless, await due(complaints)))
    assert ends[0][1]["employee_id"] == OFFICER
    assert all(end == ends[0] for end in ends)


async def test_a_complaint_before_its_record_is_told_twice_and_then_names_the_officer(complaints: Bench) -> None:
    await complaints.records([of_office(a_complaint(request_number="REQ-1"), "f")])
    await complaints.records([of_office(COMPLETED, "c")])
    (filed,) = await complaints.told(ComplaintFiled)
    (assigned,) = await complaints.told(ComplaintAssigned)
    assert isinstance(filed, ComplaintFiled)
    assert isinstance(assigned, ComplaintAssigned)
    assert (filed.employee_id, assigned.employee_id) == (None, OFFICER)
    assert (assigned.day, assigned.service, assigned.unit) == (DAYS.local_day(RECEIVED), "skck", "pelayanan")
    told = {"complaint_id", "category", "filed_at", "reporter_ref", "visibility", "trigger", "part"}
    assert assigned.model_dump(include=told) == filed.model_dump(include=told)


async def test_ten_complaints_that_wait_for_one_record_are_all_assigned(complaints: Bench) -> None:
    await complaints.records([of_office(a_complaint(request_number="REQ-1"), f"f{n}") for n in range(10)])
    await complaints.records([of_office(REQUESTED, "r")])
    assert len(await complaints.told(ComplaintAssigned)) == 10


async def test_a_complaint_whose_number_two_records_share_waits_for_a_person(complaints: Bench) -> None:
    other = a_completion(2, received_at=RECEIVED, request_number="REQ-1", employee_id=COLLEAGUE)
    await complaints.records([of_office(COMPLETED, "c"), of_office(other, "o")])
    await complaints.records([of_office(a_complaint(request_number="REQ-1"), "f")])
    assert await complaints.told(ComplaintAssigned) == []
    assert await complaints.pool.fetchval("SELECT state FROM complaint") == "received"


async def test_a_record_of_a_service_too_long_ago_assigns_nobody(complaints: Bench) -> None:
    old = NOW - timedelta(days=40)
    await complaints.records([of_office(a_complaint(request_number="REQ-1"), "f")])
    await complaints.records([of_office(a_completion(received_at=old), "c")])
    assert await complaints.told(ComplaintAssigned) == []


async def test_a_request_past_its_deadline_is_told_overdue_once(complaints: Bench) -> None:
    fresh = a_request(received_at=NOW)
    await complaints.records([of_office(fresh, "r")])
    assert await due(complaints) == [NOW + timedelta(minutes=10)]
    assert await complaints.timers(NOW + timedelta(minutes=9)) == 0
    late = NOW + timedelta(minutes=11)
    await complaints.timers(late)
    await complaints.records([of_office(fresh, "again")])
    timer = "INSERT INTO timer (name, subject, due) VALUES ('service_deadline', $1, now())"
    await complaints.pool.execute(timer, str(fresh.record_id))
    assert await complaints.timers(late) == 1
    (told,) = await complaints.told()
    assert isinstance(told, ServiceOverdue)
    assert (told.deadline, told.counted_on) == (NOW + timedelta(minutes=10), DAYS.local_day(told.deadline))


async def test_a_request_that_comes_after_its_deadline_is_overdue_at_once_and_keeps_its_day(complaints: Bench) -> None:
    await complaints.records([of_office(REQUESTED, "r")])
    await complaints.timers()
    finished = a_completion(received_at=RECEIVED, minutes=1500, paused_minutes=1495)
    await complaints.records([of_office(finished, "c")])
    overdue, delivered = await complaints.told()
    assert isinstance(overdue, ServiceOverdue)
    assert isinstance(delivered, ServiceDelivered)
    assert (delivered.used, delivered.counted_on) == (5, overdue.counted_on)


async def test_a_timer_that_fires_beside_the_completion_tells_nothing(complaints: Bench) -> None:
    await complaints.records([of_office(REQUESTED, "r"), of_office(COMPLETED, "c")])
    timer = "INSERT INTO timer (name, subject, due) VALUES ('service_deadline', $1, now())"
    await complaints.pool.execute(timer, str(REQUESTED.record_id))
    assert await complaints.timers() == 1
    assert await complaints.told(ServiceOverdue) == []


async def test_impossible_records_are_refused_and_their_neighbours_are_not(complaints: Bench) -> None:
    backwards = a_completion(1, received_at=RECEIVED, minutes=-5)
    unknown = a_request(2, service="nope", received_at=RECEIVED)
    await complaints.records(
        [of_office(backwards, "x"), of_office(unknown, "y"), of_office(a_completion(3, received_at=RECEIVED), "z")]
    )
    refused = {
        event.submission: event
        for event in await complaints.told(SubmissionRefused)
        if isinstance(event, SubmissionRefused)
    }
    fields = {submission: [p.field for p in event.problems] for submission, event in refused.items()}
    assert fields == {"x": ["completed_at"], "y": ["service"]}
    assert len(await complaints.told(ServiceDelivered)) == 1
    assert len(await all_rows(complaints, "service_record", "record_id")) == 1


class Counted:
    """A connection that counts the statements sent through it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.statements = 0

    async def fetch(self, sql: str, *arguments: Any) -> Any:
        self.statements += 1
        return await self.connection.fetch(sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> None:
        self.statements += 1
        await self.connection.execute(sql, *arguments)


async def test_a_thousand_records_need_no_more_statements_than_two(complaints: Bench) -> None:
    spent = []
    for lot in (range(2), range(10, 1010)):
        causes = [
            Cause(
                body=a_completion(n, received_at=RECEIVED), id=f"e{n}", at=NOW, order=n, correlation_id="", source="o"
            )
            for n in lot
        ]
        async with complaints.pool.acquire() as connection:
            counted = Counted(connection)
            await verbs.record(Tx(counted, NOW, complaints.settings, complaints.policies), causes)
        spent.append(counted.statements)
    assert await complaints.pool.fetchval("SELECT count(*) FROM service_record") == 1002
    assert spent == [4, 4]


async def test_a_complaint_names_the_record_only_where_services_have_been_told_of_it(complaints: Bench) -> None:
    await complaints.records([of_office(a_complaint(request_number="REQ-1"), "before")])
    await complaints.records([of_office(COMPLETED, "c")])
    await complaints.records([of_office(a_complaint(request_number="REQ-1"), "after")])
    before, after = await complaints.told(ComplaintFiled)
    (assigned,) = await complaints.told(ComplaintAssigned)
    named = [
        event.evidence_id
        for event in (before, assigned, after)
        if isinstance(event, ComplaintFiled | ComplaintAssigned)
    ]
    assert named == [None, COMPLETED.record_id, COMPLETED.record_id]


async def test_a_complaint_about_a_running_request_waits_for_no_record(complaints: Bench) -> None:
    await complaints.records([of_office(a_request(received_at=NOW), "r")])
    await complaints.records([of_office(a_complaint(request_number="REQ-1"), "f")])
    (filed,) = await complaints.told(ComplaintFiled)
    assert isinstance(filed, ComplaintFiled)
    assert (filed.employee_id, filed.evidence_id) == (OFFICER, None)
