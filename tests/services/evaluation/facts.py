"""Facts as other services tell them, and the moment at which they were told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.events import Event
from shared.events.complaints import (
    ComplaintAssigned,
    ComplaintFiled,
    PraiseGiven,
    ServiceDelivered,
    ServiceOverdue,
    ServiceRevised,
    StandardUnit,
    Trigger,
    Visibility,
)
from shared.events.directory import EmployeeRecorded
from shared.events.training import TrainingCompleted
from shared.messaging.record import Record
from tests.support import Bench

NOW = datetime(2026, 7, 15, 3, tzinfo=UTC)
"""10:00 on a Wednesday in Jakarta."""
DAY = date(2026, 7, 14)


def told_at(bench: Bench, event: Event, at: datetime = NOW) -> Record:
    """The next record of an event's key, told at a moment."""
    record = bench.record(event)
    headers = [(name, at.isoformat().encode() if name == "ce_time" else value) for name, value in record.headers]
    return replace(record, headers=headers)


async def tell(bench: Bench, *events: Event, at: datetime = NOW) -> None:
    """Run events as one batch."""
    await bench.records([told_at(bench, event, at) for event in events])


def complaint(employee: UUID | None, **given: Any) -> ComplaintFiled:
    return ComplaintFiled.model_validate(
        {
            "complaint_id": uuid4(),
            "category": "penundaan",
            "part": "delay",
            "trigger": Trigger.AT_FILING,
            "day": DAY,
            "filed_at": NOW - timedelta(seconds=1),
            "reporter_ref": uuid4().hex,
            "visibility": Visibility.OPEN,
            "service": "ktp",
            "unit": "pelayanan",
            "employee_id": employee,
            **given,
        }
    )


def assigned(filed: ComplaintFiled, employee: UUID) -> ComplaintAssigned:
    return ComplaintAssigned.model_validate({**filed.model_dump(), "employee_id": employee})


def delivered(employee: UUID, *, day: date = DAY, used: int = 10, **given: Any) -> ServiceDelivered:
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    return ServiceDelivered.model_validate(
        {
            "record_id": uuid4(),
            "service": "ktp",
            "unit": "pelayanan",
            "employee_id": employee,
            "received_at": at,
            "standard": 15,
            "standard_unit": StandardUnit.MINUTES,
            "finished_at": at + timedelta(minutes=used),
            "used": used,
            "counted_on": day,
            **given,
        }
    )


def overdue(employee: UUID, *, deadline: datetime, day: date = DAY, **given: Any) -> ServiceOverdue:
    return ServiceOverdue.model_validate(
        {
            "record_id": uuid4(),
            "service": "ktp",
            "unit": "pelayanan",
            "employee_id": employee,
            "received_at": deadline - timedelta(minutes=15),
            "standard": 15,
            "standard_unit": StandardUnit.MINUTES,
            "deadline": deadline,
            "counted_on": day,
            **given,
        }
    )


def finished(late: ServiceOverdue, *, used: int) -> ServiceDelivered:
    """The same request, finished in the end."""
    at = late.received_at + timedelta(minutes=used)
    return ServiceDelivered.model_validate({**late.model_dump(), "used": used, "finished_at": at})


def revised(
    was: ServiceDelivered | ServiceOverdue, counts: ServiceDelivered | None, revision: int = 1
) -> ServiceRevised:
    """That a record was wrong."""
    told = {"record_id": was.record_id, "revision": revision, "was": counted(was)}
    return ServiceRevised.model_validate({**told, "counts": counts and counted(counts)})


def counted(told: ServiceDelivered | ServiceOverdue) -> dict[str, Any]:
    return {"finished_at": None, "used": None, **told.model_dump()}


def year_of_work(employee: UUID, *, on_time: int, late: int, service: str = "ktp") -> Sequence[ServiceDelivered]:
    """Records on days of their own where they are late, so that no cap matters."""
    first = date(2025, 10, 1)
    slow = [delivered(employee, day=first + timedelta(days=n), used=60, service=service) for n in range(late)]
    return [*slow, *(delivered(employee, day=first + timedelta(days=n % 200), service=service) for n in range(on_time))]


def praise(employee: UUID, **given: Any) -> PraiseGiven:
    """A citizen's praise of an officer's behaviour."""
    return PraiseGiven.model_validate(
        {
            "complaint_id": uuid4(),
            "employee_id": employee,
            "part": "behaviour",
            "day": DAY,
            "filed_at": NOW,
            "reporter_ref": uuid4().hex,
            **given,
        }
    )


def trained(employee: UUID, need: UUID | None, *, on: date = DAY, **given: Any) -> TrainingCompleted:
    """A completed course of 6 JP."""
    return TrainingCompleted.model_validate(
        {
            "enrolment_id": uuid4(),
            "need_id": need,
            "employee_id": employee,
            "test": "ktp" if need else None,
            "course": "ktp-el-tepat-waktu",
            "visibility": Visibility.OPEN,
            "session_id": uuid4(),
            "completed_on": on,
            "jp": 6,
            **given,
        }
    )


def recorded(employee: UUID, *, version: int = 1, **given: Any) -> EmployeeRecorded:
    """An officer as the directory tells it."""
    return EmployeeRecorded.model_validate(
        {
            "employee_id": employee,
            "version": version,
            "name": "A",
            "email": "a@x.example",
            "unit": "pelayanan",
            "position": "P",
            **given,
        }
    )
