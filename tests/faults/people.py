"""Civil servants of the rows: each row has its own, some with a bad year behind them, so that rows stay apart."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from deploy.local import district, wire
from deploy.local.stack import Stack
from shared.clock import WorkingDays
from shared.events.directory import EmployeeRecorded
from shared.events.frontoffice import ServiceCompleted

SOURCE = "urn:test:counter"
SUPERIOR = "yanum@salor.example"
LATE_RECORDS = 14
"""So many late ones, on as many days, are a training need (SCORING: 14 ln 2 > 6), which the first complaint opens."""


def officers(random: Random, count: int, name: str) -> list[EmployeeRecorded]:
    """Invented officers of the sample district's counter."""
    superior = district.employees()[SUPERIOR].employee_id
    return [
        EmployeeRecorded(
            employee_id=uuid.UUID(int=random.getrandbits(128), version=4),
            version=1,
            name=f"Officer {n} of {name}",
            email=f"officer{n}.{name.lower()}@salor.example",
            unit="pelayanan",
            position="Petugas Loket",
            superior_id=superior,
            language="en" if n % 2 else "id",
        )
        for n in range(count)
    ]


def bad_year(random: Random, officer: EmployeeRecorded) -> Iterator[wire.Letter]:
    """Late identity cards, one a working day, up to yesterday."""
    for day in _working_days(LATE_RECORDS):
        record = completed(random, officer, day, minutes=60)
        yield wire.Letter(record, str(record.record_id), SOURCE, record.completed_at)


def completed(random: Random, officer: EmployeeRecorded, day: date, minutes: int) -> ServiceCompleted:
    """An identity card finished on a day, in so many minutes (the standard is 15)."""
    received = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)  # ten in the morning in Jakarta
    number = random.getrandbits(128)
    return ServiceCompleted(
        record_id=uuid.UUID(int=number, version=4),
        request_number=f"KTP-{number:032x}",
        service="ktp",
        unit=officer.unit,
        employee_id=officer.employee_id,
        received_at=received,
        completed_at=received + timedelta(minutes=minutes),
    )


def _working_days(count: int) -> list[date]:
    calendar, today = WorkingDays(ZoneInfo("Asia/Jakarta")), datetime.now(UTC).date()
    past = (today - timedelta(days=n) for n in itertools.count(1))
    return list(itertools.islice((day for day in past if calendar.is_working(day)), count))


async def employ(stack: Stack, people: Sequence[EmployeeRecorded]) -> None:
    """Tell the directory."""
    await district.load(stack.kafka, people)
