"""Corrections of service records on a real database: in any order, kept for a while, refused where they are wrong."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

from shared.events import Event
from shared.events.complaints import (
    ComplaintAssigned,
    CountedService,
    ServiceDelivered,
    ServiceOverdue,
    ServiceRevised,
    SubmissionRefused,
)
from shared.messaging.record import Record
from tests.services.complaints.given import (
    COLLEAGUE,
    DAYS,
    OFFICER,
    a_cancellation,
    a_complaint,
    a_completion,
    a_correction,
    a_request,
    local,
)
from tests.support import Bench, record_of

NOW = datetime.now(UTC).replace(microsecond=0)
RECEIVED = local(DAYS.local_day(NOW) - timedelta(days=2), 9)
REQUESTED = a_request(received_at=RECEIVED)
COMPLETED = a_completion(received_at=RECEIVED, minutes=25)
CORRECTED = a_correction(received_at=RECEIVED, minutes=9, employee_id=COLLEAGUE)
TIMERS = "SELECT name FROM timer ORDER BY name"


def of_office(event: Event, event_id: str, source: str = "urn:office") -> Record:
    return record_of(event, 0, event_id=event_id, source=source)


async def refused(bench: Bench) -> dict[tuple[str, str], list[str]]:
    told = [event for event in await bench.told(SubmissionRefused) if isinstance(event, SubmissionRefused)]
    return {(event.source, event.submission): [one.field for one in event.problems] for event in told}


async def minutes(bench: Bench) -> dict[UUID, int]:
    """The minutes of each officer as evaluation adds them up."""
    sums: Counter[UUID] = Counter()
    for event in await bench.told():
        if isinstance(event, ServiceRevised):
            sums[event.was.employee_id] -= event.was.used or 0
        counts = event.counts if isinstance(event, ServiceRevised) else event
        if isinstance(counts, CountedService | ServiceDelivered):
            sums[counts.employee_id] += counts.used or 0
    return {officer: used for officer, used in sums.items() if used}


def each_order(first: int, *told: Callable[[int], Event]) -> list[list[Record]]:
    """The messages about a record in each order, each order about a record of its own."""
    numbered = enumerate(permutations(told), first)
    return [[of_office(make(n), f"{n} {told.index(make)}") for make in order] for n, order in numbered]


MAKE: dict[str, Callable[[int], Event]] = {
    "requested": lambda n: a_request(n, received_at=RECEIVED),
    "completed": lambda n: a_completion(n, received_at=RECEIVED, minutes=25),
    "corrected": lambda n: a_correction(1, n, received_at=RECEIVED, minutes=9, employee_id=COLLEAGUE),
    "corrected again": lambda n: a_correction(2, n, received_at=RECEIVED, minutes=12),
    "cancelled": lambda n: a_cancellation(n=n),
}


async def test_every_order_of_a_record_and_its_corrections_ends_in_the_same(complaints: Bench) -> None:
    told = [MAKE[name] for name in ("requested", "completed", "corrected", "corrected again")]
    for lot in zip(*each_order(100, *told), strict=True):
        await complaints.records(list(lot))
    await complaints.records([record for order in each_order(200, *told) for record in order])

    rows = await complaints.pool.fetch("SELECT * FROM service_record")
    ends = {tuple(value for name, value in row.items() if name not in ("record_id", "request_number")) for row in rows}
    assert (len(rows), len(ends)) == (48, 1)
    assert await minutes(complaints) == {OFFICER: 48 * 12}
    assert await complaints.pool.fetch(TIMERS) == []
    assert await refused(complaints) == {}


async def test_a_cancelled_record_counts_no_more_whenever_it_comes(complaints: Bench) -> None:
    told = [MAKE[name] for name in ("requested", "completed", "cancelled")]
    for lot in zip(*each_order(100, *told), strict=True):
        await complaints.records(list(lot))

    cancelled = await complaints.pool.fetch("SELECT cancelled FROM service_record")
    assert [row["cancelled"] for row in cancelled] == ["entered twice"] * 6
    assert (await minutes(complaints), await complaints.pool.fetch(TIMERS)) == ({}, [])


async def test_an_overdue_record_that_is_cancelled_was_never_late(complaints: Bench) -> None:
    await complaints.records([of_office(REQUESTED, "r")])
    await complaints.timers()
    await complaints.records([of_office(a_cancellation(), "x")])
    overdue, revised = await complaints.told()
    assert isinstance(overdue, ServiceOverdue)
    assert isinstance(revised, ServiceRevised)
    assert (revised.was.used, revised.was.counted_on, revised.counts) == (None, overdue.counted_on, None)


async def test_a_correction_whose_record_does_not_come_is_refused_after_a_day(complaints: Bench) -> None:
    await complaints.records([of_office(CORRECTED, "early"), of_office(a_cancellation(2), "other", "urn:other")])
    assert await complaints.timers(NOW + timedelta(hours=23)) == 0
    assert await refused(complaints) == {}
    assert await complaints.timers(NOW + timedelta(hours=25)) == 1
    assert await refused(complaints) == {("urn:office", "early"): ["record_id"], ("urn:other", "other"): ["record_id"]}
    await complaints.records([of_office(COMPLETED, "c")])
    assert await minutes(complaints) == {OFFICER: 25}


async def test_a_correction_is_only_taken_from_the_office_that_told_the_record(complaints: Bench) -> None:
    await complaints.records([of_office(CORRECTED, "early", "urn:other")])
    await complaints.records([of_office(COMPLETED, "c")])
    await complaints.records([of_office(a_cancellation(), "late", "urn:other")])
    assert await refused(complaints) == {("urn:other", "early"): ["record_id"], ("urn:other", "late"): ["record_id"]}
    assert await minutes(complaints) == {OFFICER: 25}


async def test_a_wrong_correction_is_refused_and_its_neighbours_are_not(complaints: Bench) -> None:
    old = DAYS.local_day(NOW) - timedelta(days=93)
    await complaints.records([of_office(a_completion(n, received_at=RECEIVED), f"c{n}") for n in (1, 2, 3, 4)])
    await complaints.records([of_office(a_completion(5, received_at=local(old, 9)), "c5")])
    await complaints.records([of_office(a_correction(n=1, received_at=RECEIVED, minutes=9), "right")])
    await complaints.records(
        [
            of_office(a_correction(n=2, received_at=RECEIVED, minutes=-1), "backwards"),
            of_office(a_correction(n=3, received_at=RECEIVED).model_copy(update={"corrected": None}), "empty"),
            of_office(a_cancellation().model_copy(update={"cancelled": "  "}), "no reason"),
            of_office(a_correction(n=4, received_at=RECEIVED, service="nope"), "no service"),
            of_office(a_correction(n=5, received_at=RECEIVED), "too late"),
            of_office(a_correction(2, n=1, received_at=RECEIVED, minutes=8), "right again"),
        ]
    )
    assert {submission: fields for (_, submission), fields in (await refused(complaints)).items()} == {
        "backwards": ["corrected.completed_at"],
        "empty": ["corrected"],
        "no reason": ["cancelled"],
        "no service": ["corrected.service"],
        "too late": ["record_id"],
    }
    assert await minutes(complaints) == {OFFICER: 8 + 4 * 5}


async def test_a_cancelled_record_leaves_its_number_to_the_right_one(complaints: Bench) -> None:
    """Two records with one number assign nobody, until one of them is cancelled."""
    right = a_completion(2, received_at=RECEIVED, request_number="REQ-1", employee_id=COLLEAGUE)
    await complaints.records([of_office(COMPLETED, "c"), of_office(right, "o")])
    await complaints.records([of_office(a_complaint(request_number="REQ-1"), "f")])
    assert await complaints.told(ComplaintAssigned) == []
    await complaints.records([of_office(a_cancellation(), "x")])
    (assigned,) = await complaints.told(ComplaintAssigned)
    assert isinstance(assigned, ComplaintAssigned)
    assert (assigned.employee_id, assigned.evidence_id) == (COLLEAGUE, right.record_id)
