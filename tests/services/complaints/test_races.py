"""What comes at the same moment: each side is held at its locks until both are there, so no run is lucky."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.complaints.actions import limits
from services.complaints.api.reports import FILE
from services.complaints.model.documents import Filing
from shared.errors import Problem
from shared.events.complaints import ComplaintAssigned, ServiceDelivered
from shared.messaging.record import Record
from shared.messaging.requests import Call, Requests
from shared.messaging.tx import Name
from shared.messaging.waves import bucket
from tests.services.complaints.given import COLLEAGUE, DAYS, POLICY, a_complaint, a_completion, a_request, local
from tests.support import Bench, record_of

NOW = datetime.now(UTC)
RECEIVED = local(DAYS.local_day(NOW) - timedelta(days=2), 9)
QUEUED = """SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()"""
STATE = {
    "service_record": "SELECT * FROM service_record ORDER BY record_id",
    "complaint": "SELECT source_event_id, state, service, unit, record_id, employee_id, day FROM complaint ORDER BY 1",
    "timer": "SELECT name, subject, due FROM timer ORDER BY 1, 2",
}


@asynccontextmanager
async def held(bench: Bench, name: Name) -> AsyncIterator[None]:
    async with bench.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1::bigint)", bucket(name))
        yield


async def together(bench: Bench, name: Name, *works: Awaitable[Any]) -> list[Any]:
    """Start works that all lock `name` while somebody holds it; let go once all of them wait."""
    async with held(bench, name):
        tasks = [asyncio.ensure_future(work) for work in works]
        async with asyncio.timeout(10):
            while await bench.pool.fetchval(QUEUED) < len(works):  # noqa: ASYNC110 - the event is in the database
                await asyncio.sleep(0.01)
    return await asyncio.gather(*tasks, return_exceptions=True)


def of_office(event: Any, event_id: str) -> Record:
    return record_of(event, 0, event_id=event_id, source="urn:office")


async def test_a_complaint_and_its_record_at_the_same_moment_find_each_other(complaints: Bench) -> None:
    filed = complaints.records([of_office(a_complaint(request_number="REQ-1"), "f")])
    finished = complaints.records([of_office(a_completion(received_at=RECEIVED), "c")])
    assert await together(complaints, ("request", "REQ-1"), filed, finished) == [None, None]
    assert await complaints.pool.fetchval("SELECT state FROM complaint") == "assigned"


async def test_a_completion_that_two_messages_bring_at_the_same_moment_is_told_once(complaints: Bench) -> None:
    told = a_completion(received_at=RECEIVED)
    works = [complaints.records([of_office(told, event_id)]) for event_id in ("a", "b")]
    await together(complaints, ("record", str(told.record_id)), *works)
    assert len(await complaints.told(ServiceDelivered)) == 1


async def test_filings_of_one_contact_at_the_same_moment_keep_to_its_limit(complaints: Bench) -> None:
    bodies = [
        Filing(submission=a_complaint(contact={"phone": "081234567890"}), address=f"192.0.2.{n}")
        for n in range(POLICY.per_contact.filings + 1)
    ]
    for n, body in enumerate(bodies[:-2]):
        await complaints.command(FILE, body, key=f"before-{n}")
    name = limits.names(bodies[0])[1]
    doors = [Requests(complaints.runner, 10) for _ in range(2)]
    calls = [Call(FILE, body, "public", f"last-{n}") for n, body in enumerate(bodies[-2:])]
    settled = [door.settle([call]) for door, call in zip(doors, calls, strict=True)]
    await together(complaints, name, *settled)
    outcomes = [call.outcome.exception() for call in calls]
    assert sorted(isinstance(outcome, Problem) for outcome in outcomes) == [False, True]


HISTORY = (
    of_office(a_complaint(request_number="REQ-1"), "f1"),
    of_office(a_request(1, received_at=RECEIVED), "r1"),
    of_office(a_completion(1, received_at=RECEIVED), "c1"),
    of_office(a_completion(1, received_at=RECEIVED), "c1 again"),
    of_office(a_complaint(request_number="REQ-1"), "f2"),
    of_office(a_completion(2, received_at=RECEIVED, employee_id=COLLEAGUE), "c2"),
    of_office(a_complaint(request_number="REQ-2", category="reward_demanded"), "f3"),
    of_office(a_request(2, received_at=RECEIVED), "r2"),
    of_office(a_request(3, received_at=RECEIVED, service="pindah"), "r3"),
)


async def end_of(bench: Bench, lots: list[list[Record]]) -> tuple[dict[str, Any], int]:
    await bench.pool.execute("TRUNCATE service_record, complaint, reporter, stranger, timer, outbox, stream CASCADE")
    for lot in lots:
        await bench.records(lot)
    tables = {table: [tuple(row) for row in await bench.pool.fetch(sql)] for table, sql in STATE.items()}
    return tables, len(await bench.told(ComplaintAssigned))


@given(cuts=st.sets(st.integers(1, len(HISTORY) - 1)), data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_cutting_of_one_history_ends_in_the_same_tables(
    complaints: Bench, cuts: set[int], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(HISTORY))
    lots = [list(order[start:end]) for start, end in pairwise([0, *sorted(cuts), len(order)])]
    whole, one_by_one = await end_of(complaints, [list(order)]), await end_of(complaints, [[one] for one in order])
    assert await end_of(complaints, lots) == whole == one_by_one
