"""When sessions are, and which can't be scheduled."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from services.training.model.catalogue import WEEKDAYS, Routine
from services.training.model.commands import Schedule
from shared.clock import WorkingDays
from shared.errors import FieldError

LONGEST_AHEAD = timedelta(days=2 * 365)
"""Beyond it a year was mistyped."""


def wrong_with(asked: Schedule, courses: Collection[str], now: datetime) -> list[FieldError]:
    """Each field that is wrong (the form of the request was judged before)."""
    errors = []
    if asked.course not in courses:
        errors.append(FieldError("course", "is not on offer: see GET /courses"))
    if asked.starts_at <= now:
        errors.append(FieldError("starts_at", "is in the past"))
    elif asked.starts_at - now > LONGEST_AHEAD:
        errors.append(FieldError("starts_at", "is more than two years ahead: is the year right?"))
    return errors


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """The n-th Monday (0) ... Sunday (6) of a month, n from 1 to 4."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def occurrences(routine: Routine, today: date, calendar: WorkingDays) -> list[tuple[date, date]]:
    """Of this month and the months ahead the n-th weekday, and the working day after today on which it is held."""
    months = range(today.month - 1, today.month + routine.months_ahead)
    nths = [
        nth_weekday(today.year + month // 12, month % 12 + 1, routine.nth, WEEKDAYS.index(routine.weekday))
        for month in months
    ]
    return [(nth, day) for nth in nths if (day := _working(nth, calendar)) > today]


def _working(day: date, calendar: WorkingDays) -> date:
    return day if calendar.is_working(day) else calendar.plus(day, 1)
