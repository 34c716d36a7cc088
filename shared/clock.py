"""Local days and working days (hari kerja). Holidays are data: the shipped table, and what a decree adds or takes."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays


@lru_cache(maxsize=64)
def _free_days(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("ID", years=year, categories=("public", "government"), language="id"))


@dataclass(frozen=True)
class WorkingDays:
    """The working-day calendar of one time zone: Monday to Friday less public holidays and cuti bersama."""

    zone: ZoneInfo
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def local_day(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(self.zone).date()

    def is_working(self, day: date) -> bool:
        """Whether a local day is a working day."""
        if day in self.opened:
            return True
        return day.weekday() < 5 and day not in self.closed and day not in _free_days(day.year)

    def plus(self, day: date, working_days: int) -> date:
        """The n-th working day after `day` (n >= 0; 0 gives `day` itself).

        Received Friday 2026-03-13, plus 5 is 2026-03-27 (Nyepi, Idul Fitri and cuti bersama lie between).
        """
        return _plus(self, day, working_days)

    def before(self, day: date, left: int) -> date:
        """The last working day on which `left` working days remain until `day` (0: the last one up to and with it)."""
        return _before(self, day, left)

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start`, up to and with `end` (0 where `end` is not later)."""
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def end_of(self, day: date) -> datetime:
        """The last moment of a local day: the start of the next."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone)

    def next_opening(self, moment: datetime, at: time) -> datetime:
        """The first local time `at` of a working day that is later than `moment`."""
        day = self.local_day(moment)
        while True:
            opening = datetime.combine(day, at, self.zone)
            if opening > moment and self.is_working(day):
                return opening
            day += timedelta(days=1)


# Each count is made once: about all that is filed on one day the same is asked. A calendar is a value, and so a key.
@lru_cache(maxsize=10_000)
def _plus(calendar: WorkingDays, day: date, working_days: int) -> date:
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= calendar.is_working(day)
    return day


@lru_cache(maxsize=10_000)
def _before(calendar: WorkingDays, day: date, left: int) -> date:
    while left > 0 or not calendar.is_working(day):
        left -= calendar.is_working(day)
        day -= timedelta(days=1)
    return day
