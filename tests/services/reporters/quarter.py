"""An invented quarter at two counters: what was handled, and who complained about it, when and how openly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from shared.clock import WorkingDays
from shared.events.complaints import Visibility

CALENDAR = WorkingDays(ZoneInfo("Asia/Jakarta"))
FIRST, LAST = date(2025, 10, 1), date(2025, 12, 31)
A_DAY, LATE = 20, 0.3
"""Requests a day, and how many of them take too long."""
OF_EACH = 12
"""Complaints of each visibility about each officer, on the day of the visit; as many come on a later day."""
LONGEST = 30
"""A complaint must come within 30 days after the service (PermenPANRB 62/2018)."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that an officer handled: it lies before the officer in the office's own system."""

    number: str
    officer: UUID
    at: datetime
    late: bool

    @property
    def day(self) -> date:
        return CALENDAR.local_day(self.at)


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint about a request."""

    complaint_id: UUID
    request: Request
    visibility: Visibility
    filed_at: datetime

    @property
    def filed_on(self) -> date:
        return CALENDAR.local_day(self.filed_at)

    @property
    def at_once(self) -> bool:
        """Filed on the day of the visit."""
        return self.filed_on == self.request.day


def requests(officer: UUID, random: Random) -> list[Request]:
    """A quarter's requests of an officer, between 8 and 15 o'clock, in the order in which they were finished."""
    found = []
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=n)
        if CALENDAR.is_working(day):
            opens = datetime.combine(day, time(8), CALENDAR.zone)
            minutes = sorted(random.sample(range(1, 420), A_DAY))
            found += [
                Request(f"REQ-{random.getrandbits(40):010x}", officer, opens + timedelta(minutes=m), late)
                for m in minutes
                for late in [random.random() < LATE]
            ]
    return [Request(one.number, one.officer, one.at.astimezone(UTC), one.late) for one in found]


def cases(handled: Sequence[Request], random: Random, each: int = OF_EACH) -> list[Case]:
    """Complaints about late requests: half of them two minutes after, half on any of the thirty days that follow."""
    slow = [one for one in handled if one.late]
    chosen = iter(random.sample(slow, 2 * each * len(Visibility)))
    found = []
    for visibility in Visibility:
        for _ in range(each):
            one = next(chosen)
            found.append(Case(uuid4(), one, visibility, one.at + timedelta(minutes=2)))
        for _ in range(each):
            one = next(chosen)
            later = timedelta(days=random.randint(1, LONGEST), minutes=random.randint(-60, 60))
            found.append(Case(uuid4(), one, visibility, one.at + later))
    return sorted(found, key=lambda case: case.filed_at)
