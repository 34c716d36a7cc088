"""Sends service records through `frontoffice.v1`, as a front office that comes late with a year of them would."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from deploy.local import district, wire
from deploy.local.patience import patience
from deploy.local.records.generate import Made, generate
from deploy.local.records.plan import Plan
from shared.clock import WorkingDays

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Taken:
    """How a feed went: how many were sent in which time, and when the last had been taken in."""

    count: int
    sent_seconds: float
    taken_seconds: float

    @property
    def rate(self) -> float:
        """Records taken in per second, counted from the first that was sent."""
        return self.count / self.taken_seconds


def sample(plan: Plan, today: date, calendar: WorkingDays) -> list[Made]:
    """The plan's records for the sample district."""
    return generate(plan, district.employees(), district.services(), today, calendar)


def letters(made: Sequence[Made], source: str) -> Iterator[wire.Letter]:
    """Each record under its own id, so that sending it twice is one record."""
    for record in made:
        yield wire.Letter(record.event, str(record.event.record_id), source, record.event.completed_at)


async def feed(
    kafka: str, made: Sequence[Made], source: str, taken: Callable[[], Awaitable[int]], prefix: str = ""
) -> Taken:
    """Send all and wait until `taken` (how many have been taken in since the start) says that they are in."""
    before, began = await taken(), time.monotonic()
    async with wire.producer(kafka) as producer:
        await wire.send(producer, letters(made, source), prefix)
    sent = time.monotonic() - began
    async with asyncio.timeout(patience(PATIENCE)):
        while await taken() - before < len(made):  # noqa: ASYNC110 - another process's count
            await asyncio.sleep(0.05)
    return Taken(len(made), sent, time.monotonic() - began)
