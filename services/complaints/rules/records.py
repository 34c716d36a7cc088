"""Service records: their deadlines, what a finished one used, and what a message about one changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from services.complaints.model.policies import FilingPolicy
from services.complaints.model.rows import ServiceRecord, Standard
from shared.clock import WorkingDays
from shared.errors import FieldError
from shared.events.complaints import ServiceDelivered, ServiceOverdue, StandardUnit
from shared.events.frontoffice import ServiceCompleted, ServiceRequested

MINUTE = timedelta(minutes=1)
TOLD = ("record_id", "service", "unit", "employee_id", "received_at", "standard", "standard_unit", "counted_on")
COMPLETION = ("request_number", "service", "unit", "employee_id", "received_at", "completed_at", "paused_minutes")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message about a record leads to: problems, or a changed record, or (neither) nothing new."""

    record: ServiceRecord | None = None
    problems: tuple[FieldError, ...] = ()


def standard_on(standards: Sequence[Standard], day: date) -> Standard | None:
    """The standard in force on a day: of those valid by then the latest, by its date and then its version."""
    valid = [standard for standard in standards if standard.valid_from <= day]
    return max(valid, key=lambda standard: (standard.valid_from, standard.version), default=None)


def due(received_at: datetime, standard: Standard, days: WorkingDays) -> tuple[datetime, date]:
    """The moment at which a request becomes late, and the last local day on which it is in time."""
    if standard.standard_unit is StandardUnit.MINUTES:
        deadline = received_at + standard.standard * MINUTE
        return deadline, days.local_day(deadline)
    day = days.plus(days.local_day(received_at), standard.standard)
    return days.end_of(day), day


def used(received_at: datetime, net_end: datetime, unit: StandardUnit, days: WorkingDays) -> int:
    """What a request took, rounded up, so that it exceeds the standard exactly when the deadline was missed.

    In minutes of the clock, or in hari kerja after the day of receipt; a day off counts as the working day after it.
    """
    if unit is StandardUnit.MINUTES:
        return max(0, -((received_at - net_end) // MINUTE))
    first, last = days.local_day(received_at), days.local_day(net_end)
    if last <= first:
        return 0
    return days.between(first, last) + (not days.is_working(last))


def take(
    told: ServiceRequested | ServiceCompleted,
    known: ServiceRecord | None,
    standards: Sequence[Standard],
    days: WorkingDays,
    policy: FilingPolicy,
    *,
    source: str,
    now: datetime,
) -> Taken:
    """Decide about a message. A completion is complete in itself and wins over what was said on receipt.

    What was corrected or cancelled stands: whatever else is told of the record is older, however late it comes.
    """
    if known is not None and known.revision:
        return Taken()
    try:
        day = days.local_day(told.received_at)
    except OverflowError:  # at either end of the calendar
        return Taken(problems=(FieldError("received_at", "is no day that can be"),))
    standard = standard_on(standards, day)
    problems = _problems(told, standard, now + timedelta(minutes=policy.future_minutes.value))
    if problems or standard is None:
        return Taken(problems=tuple(problems))
    received = _received(told, standard, days, source)
    if isinstance(told, ServiceCompleted):
        return _complete(received, told, known, days)
    if known is None:
        return Taken(received)
    return Taken() if known.completed_at or same(known, received, COMPLETION[:5]) else _contradiction()


def _complete(received: ServiceRecord, told: ServiceCompleted, known: ServiceRecord | None, days: WorkingDays) -> Taken:
    paused = told.paused_minutes * MINUTE
    record = replace(
        received,
        completed_at=told.completed_at,
        paused_minutes=told.paused_minutes,
        used=used(told.received_at, told.completed_at - paused, received.standard_unit, days),
        counted_on=min(days.local_day(told.completed_at), _moved(received, paused, days)),
    )
    if known is None:
        return Taken(record)
    if known.completed_at is not None:
        return Taken() if same(known, record, COMPLETION) else _contradiction()
    # Told overdue on a day, it stays on that day: finishing corrects how late it was, never when (SCORING 1).
    return Taken(replace(record, overdue=True, counted_on=known.counted_on) if known.overdue else record)


def _moved(record: ServiceRecord, paused: timedelta, days: WorkingDays) -> date:
    """The last day in time, moved by the pauses."""
    return max(record.due_on, days.local_day(record.deadline + paused - timedelta(microseconds=1)))


def _received(
    told: ServiceRequested | ServiceCompleted, standard: Standard, days: WorkingDays, source: str
) -> ServiceRecord:
    deadline, due_on = due(told.received_at, standard, days)
    return ServiceRecord(
        record_id=told.record_id,
        source=source,
        request_number=told.request_number,
        service=told.service,
        unit=told.unit,
        employee_id=told.employee_id,
        received_at=told.received_at,
        received_on=days.local_day(told.received_at),
        standard=standard.standard,
        standard_unit=standard.standard_unit,
        deadline=deadline,
        due_on=due_on,
    )


def _problems(
    told: ServiceRequested | ServiceCompleted, standard: Standard | None, latest: datetime
) -> list[FieldError]:
    found = []
    if standard is None:
        found.append(FieldError("service", "has no standard that was in force on the day of receipt"))
    if told.received_at > latest:
        found.append(FieldError("received_at", "lies in the future"))
    if isinstance(told, ServiceCompleted):
        found += _completion_problems(told, latest)
    return found


def _completion_problems(told: ServiceCompleted, latest: datetime) -> list[FieldError]:
    if told.completed_at < told.received_at:
        return [FieldError("completed_at", "is before received_at")]
    found = []
    if told.completed_at > latest:
        found.append(FieldError("completed_at", "lies in the future"))
    if told.paused_minutes * MINUTE > told.completed_at - told.received_at:
        found.append(FieldError("paused_minutes", "is longer than from receipt to completion"))
    return found


def same(known: ServiceRecord, other: ServiceRecord, fields: Sequence[str]) -> bool:
    """Whether two records agree in some fields."""
    return all(getattr(known, name) == getattr(other, name) for name in fields)


def _contradiction() -> Taken:
    return Taken(problems=(FieldError("record_id", "was recorded before with other facts, which stand"),))


def told_delivered(record: ServiceRecord) -> ServiceDelivered:
    """That a request was finished."""
    return ServiceDelivered(**_told(record, finished_at=record.completed_at, used=record.used))


def told_overdue(record: ServiceRecord) -> ServiceOverdue:
    """That a request is late and unfinished."""
    return ServiceOverdue(**_told(record, deadline=record.deadline))


def _told(record: ServiceRecord, **more: object) -> dict[str, Any]:
    return {name: getattr(record, name) for name in TOLD} | more


def overdue(record: ServiceRecord) -> ServiceRecord:
    """A record whose deadline passed unfinished: it counts on that day, whatever comes."""
    return replace(record, overdue=True, counted_on=record.due_on)
