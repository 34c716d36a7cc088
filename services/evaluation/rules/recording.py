"""What is wrong with evidence that people record, field by field."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from services.evaluation.model.records import Attendance, CoachScore, Innovation
from services.evaluation.model.words import Officer
from shared.clock import WorkingDays
from shared.errors import FieldError

T = TypeVar("T")

UNKNOWN = "is no employee that the directory knows"
FUTURE = "is in the future"
TWICE = "is in this lot twice"


def attendance(
    items: Sequence[Attendance], officers: Collection[UUID], today: date, calendar: WorkingDays
) -> list[FieldError]:
    """Of months: who is unknown, what is not over or not a working day of the month, what is said twice."""
    found = _unknown(items, officers) + _twice([(one.employee_id, one.first_day) for one in items], "month")
    for n, one in enumerate(items):
        if one.first_day > today:
            found.append(FieldError(f"items.{n}.month", FUTURE))
        found += [
            FieldError(f"items.{n}.absent_on.{m}", wrong)
            for m, day in enumerate(one.absent_on)
            if (wrong := _day_of_absence(day, one.first_day, today, calendar))
        ]
        found += [FieldError(f"items.{n}.absent_on", "names a day twice")] * (
            len({*one.absent_on}) < len(one.absent_on)
        )
    return found


def _day_of_absence(day: date, month: date, today: date, calendar: WorkingDays) -> str | None:
    if (day.year, day.month) != (month.year, month.month):
        return "is not in the month"
    if day > today:
        return FUTURE
    return None if calendar.is_working(day) else "is not a working day"


def scores(items: Sequence[CoachScore], officers: Collection[UUID], coach: str, today: date) -> list[FieldError]:
    """Of coach's scores: who is unknown or the coach, what is in the future or said twice."""
    found = _unknown(items, officers) + _twice([(one.employee_id, one.scored_on) for one in items], "scored_on")
    for n, one in enumerate(items):
        if str(one.employee_id) == coach:
            found.append(FieldError(f"items.{n}.employee_id", "is yourself: nobody is their own coach"))
        found += _future(one.scored_on, f"items.{n}.scored_on", today)
    return found


def innovation(body: Innovation, today: date) -> list[FieldError]:
    """Of an innovation: a day in the future."""
    return _future(body.proposed_on, "proposed_on", today)


def leads(officers: Mapping[UUID, Officer], employee: UUID, superior: str) -> bool:
    """Whether somebody is an employee's direct superior."""
    officer = officers.get(employee)
    return officer is not None and str(officer.superior_id) == superior


def _future(day: date, field: str, today: date) -> list[FieldError]:
    return [FieldError(field, FUTURE)] if day > today else []


def _unknown(items: Iterable[Attendance | CoachScore], officers: Collection[UUID]) -> list[FieldError]:
    return [
        FieldError(f"items.{n}.employee_id", UNKNOWN) for n, one in enumerate(items) if one.employee_id not in officers
    ]


def _twice(keys: Sequence[T], field: str) -> list[FieldError]:
    first = {key: n for n, key in reversed([*enumerate(keys)])}
    return [FieldError(f"items.{n}.{field}", TWICE) for n, key in enumerate(keys) if first[key] != n]
