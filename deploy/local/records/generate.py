"""The service records of a planned year, placed relative to today: the same plan and day give the same records."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from deploy.local.records.calendar import Quarter, settled, window
from deploy.local.records.plan import Plan, Work
from shared.clock import WorkingDays
from shared.events.complaints import StandardUnit
from shared.events.directory import EmployeeRecorded, ServiceRecorded
from shared.events.frontoffice import ServiceCompleted

CAP = (
    3  # late services a day that count (SCORING 1); more would be set aside, and the planned numbers would not come out
)
OPENS = time(8)
INTAKE_MINUTES = 330  # requests come in until 13:30, so that late ones end on the same day too


@dataclass(frozen=True, slots=True)
class Made:
    """A made record, and the day on which it counts."""

    event: ServiceCompleted
    late: bool
    day: date


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an officer's work, and the days on which it is to count."""

    days: Sequence[date]
    on_time: int
    late: int


def shares(work: Work, quarters: Sequence[Quarter], days: Sequence[Sequence[date]]) -> Iterator[Share]:
    """The work by quarter, newest first. What a young quarter can't hold yet goes to the one before it."""
    if work.new:
        latest = [day for quarter in quarters for day in reversed(quarter.days)][: work.total]
        yield Share(latest[::-1], work.total - work.late, work.late)
        return
    on_time, late = 0, 0
    for n, held in enumerate(days):
        last = n == len(days) - 1
        on_time += _part(work.total - work.late, len(days), last)
        late += _part(work.late, len(days), last)
        fits = late if last else min(late, CAP * len(held))
        yield Share(held, on_time if held or last else 0, fits)
        on_time, late = 0 if held else on_time, late - fits


def _part(count: int, parts: int, last: bool) -> int:
    """An equal part; the last takes the rest that can't be divided."""
    return count // parts + (count % parts if last else 0)


def spread(days: Sequence[date], count: int) -> list[date]:
    """`count` days, as even as can be."""
    return [days[n * len(days) // count] for n in range(count)]


def generate(
    plan: Plan,
    officers: Mapping[str, EmployeeRecorded],
    services: Mapping[str, ServiceRecorded],
    today: date,
    calendar: WorkingDays,
) -> list[Made]:
    """All records of the plan in the order in which they were finished."""
    quarters = window(today, calendar)
    made: list[Made] = []
    for number, work in enumerate(plan.work):
        maker = _Maker(plan, number, officers[work.officer], services[work.service], calendar)
        made += maker.make(work, quarters, today)
    return sorted(made, key=lambda record: (record.event.completed_at, record.event.record_id))


class _Maker:
    """Makes the records of one officer, from a random stream of its own: a changed line moves no other officer."""

    def __init__(
        self, plan: Plan, number: int, officer: EmployeeRecorded, service: ServiceRecorded, calendar: WorkingDays
    ) -> None:
        self._random = Random(f"{plan.seed} {officer.email}")
        self._officer, self._service, self._calendar = officer, service, calendar
        self._by_days = service.standard_unit is StandardUnit.WORKING_DAYS
        self._number = 1000 * number

    def make(self, work: Work, quarters: Sequence[Quarter], today: date) -> Iterator[Made]:
        last = settled(today, self._calendar)
        days = [[day for day in q.days if day < last] if self._by_days else q.days for q in quarters]
        for share in shares(work, quarters, days):
            for late, count in ((True, share.late), (False, share.on_time)):
                for day in spread(share.days, count):
                    yield Made(self._record(day, late), late, day)

    def _record(self, day: date, late: bool) -> ServiceCompleted:
        received, completed, paused = (self._days if self._by_days else self._minutes)(day, late)
        self._number += 1
        return ServiceCompleted(
            record_id=UUID(int=self._random.getrandbits(128), version=4),
            request_number=f"{self._service.service.upper()}-{day.year}-{self._number:06}",
            service=self._service.service,
            unit=self._officer.unit,
            employee_id=self._officer.employee_id,
            received_at=received,
            completed_at=completed,
            paused_minutes=paused,
        )

    def _minutes(self, day: date, late: bool) -> tuple[datetime, datetime, int]:
        """Within the day. Late is past grace too (SCORING: x = 1), never a little late."""
        standard = self._service.standard
        share = self._random.uniform(1.6, 2.4) if late else self._random.uniform(0.4, 1.0)
        net = math.ceil(share * standard) if late else max(1, math.floor(share * standard))
        paused = self._random.choice((0, 0, 0, 0, 0, 0, 0, 0, 0, 20))
        received = self._counter(day)
        return received, received + timedelta(minutes=net + paused), paused

    def _days(self, day: date, late: bool) -> tuple[datetime, datetime, int]:
        """Finished on its day; or late, its deadline on the day and finished two to three working days after."""
        if not late:
            received = self._counter(day)
            return received, received + timedelta(minutes=self._random.randrange(10, 60)), 0
        start = day - timedelta(days=1)
        while self._calendar.plus(start, self._service.standard) > day or not self._calendar.is_working(start):
            start -= timedelta(days=1)
        finished = self._calendar.plus(day, self._random.choice((2, 3)))
        return self._counter(start), self._counter(finished), 0

    def _counter(self, day: date) -> datetime:
        opens = datetime.combine(day, OPENS, self._calendar.zone)
        return opens + timedelta(minutes=self._random.randrange(INTAKE_MINUTES))
