"""The quarters of the scoring window as of today, and the days of each that can hold finished work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from shared.clock import WorkingDays

QUARTERS = 4  # SCORING 1: this quarter and the three before
SETTLING = 4  # working days that a late request of a service in hari kerja goes on after its deadline, at most


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter with its working days that are over, oldest first."""

    start: date
    days: tuple[date, ...]


def window(today: date, calendar: WorkingDays) -> tuple[Quarter, ...]:
    """This quarter as far as it is over, then the three before it: newest first."""
    quarters = []
    start, end = _start(today), today
    for _ in range(QUARTERS):
        quarters.append(Quarter(start, _working(start, end, calendar)))
        start, end = _start(start - timedelta(days=1)), start
    return tuple(quarters)


def settled(today: date, calendar: WorkingDays) -> date:
    """Before this day lies what is finished by today even where it went on for days after its deadline."""
    day, left = today, SETTLING
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_working(day)
    return day


def _start(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _working(start: date, end: date, calendar: WorkingDays) -> tuple[date, ...]:
    """The working days from `start` to before `end`."""
    days = (start + timedelta(days=n) for n in range((end - start).days))
    return tuple(day for day in days if calendar.is_working(day))
