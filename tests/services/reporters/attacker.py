"""A civil servant who wants to know who complained: reads everything, keeps a log of the own requests, and guesses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from random import Random
from uuid import UUID

from tests.services.reporters.quarter import CALENDAR, Case, Request

ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b")
TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
HANDLED = re.compile(r"\b(\d+) (?:services handled|layanan ditangani)")
NUMBER = re.compile(r"\bREQ-[0-9a-f]{10}\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read about one complaint, and when it arrived (the collection, for a hidden one)."""

    texts: tuple[str, ...]
    arrived: datetime


class Attacker:
    """Knows every request that was handled, when, and whether it was late; and how the system is built."""

    def __init__(self, handled: Sequence[Request], random: Random) -> None:
        self._handled, self._random = handled, random
        self._late = [one for one in handled if one.late]

    def guess(self, reading: Reading) -> Request:
        """Which request the complaint is about: by its number, else by the moment, else by the day, else by chance."""
        text = "\n".join(reading.texts)
        if named := set(NUMBER.findall(text)) & {one.number for one in self._handled}:
            return next(one for one in self._handled if one.number in named)
        day = filing_day(reading.arrived)
        of_day = [one for one in self._late if one.day == day]
        if moments := [at for at in self._moments(text) if CALENDAR.local_day(at) == day]:
            of_day = [one for one in of_day if one.at <= max(moments)][-1:]
        return self._random.choice(of_day or self._late)

    def _moments(self, text: str) -> list[datetime]:
        """The moments that a text gives away: of ids, of times, and of how much had been handled by then."""
        ids = [datetime.fromtimestamp((UUID(one).int >> 80) / 1000, UTC) for one in ID.findall(text)]
        times = [datetime.fromisoformat(one) for one in TIME.findall(text)]
        counts = [self._handled[int(n) - 1].at for n in HANDLED.findall(text) if 0 < int(n) <= len(self._handled)]
        return ids + times + counts


def filing_day(arrived: datetime) -> date:
    """The last working day before a collection: what it brings was filed then, or on the free days after."""
    day = CALENDAR.local_day(arrived) - timedelta(days=1)
    while not CALENDAR.is_working(day):
        day -= timedelta(days=1)
    return day


def by_chance(case: Case, handled: Sequence[Request]) -> float:
    """The chance of guessing a request from what the notice may tell: its month; its day, where it was filed at once.

    The collection is daily, so who complains on the day of the visit hides among the late requests of that day;
    everybody else among those of the month.
    """
    late = [one for one in handled if one.late]
    if case.at_once:
        return 1 / sum(one.day == case.request.day for one in late)
    month = (case.request.day.year, case.request.day.month)
    return 1 / sum((one.day.year, one.day.month) == month for one in late)


def most(chances: Sequence[float]) -> float:
    """How many hits chance alone may bring: the mean and three standard deviations (one run in 700 has more)."""
    return sum(chances) + 3 * sqrt(sum(chance * (1 - chance) for chance in chances))
