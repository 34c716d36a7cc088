"""F1: SIGKILL of each service at each crash point, and at random."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.local.stack import SERVICES
from deploy.local.trouble import say
from shared.events.directory import EmployeeRecorded
from tests.faults import clients
from tests.faults.clients import Submission
from tests.faults.crashing import POINTS
from tests.faults.lives import DIED, FIRST, Note, read
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

LANES = (("training", "evaluation"), ("notifications",))
"""Two at a time. Training first, while complaints still open needs: it sends nothing else."""
ALONE = "complaints"
"""All others live on what it tells: while it dies, they have nothing to make progress with."""
FROM_NOTHING_SECONDS = 5.0
"""Loading the code takes 2 s of a core that it shares; 3 s to the first progress are asserted of loaded code."""
NTH = {"commit": (2, 5), "send": (2, 6), "offsets": (1, 2)}
"""Which pass is the last, at random."""


async def kill_at_each_point(trial: Trial) -> None:
    """F1: each service dies at each point, one death after the other, then once at random, and starts from nothing."""
    await asyncio.gather(*(_prepare(trial, services[0]) for services in LANES))
    await trial.submitted(50)
    await asyncio.gather(*(_lane(trial, services) for services in LANES))
    await _prepare(trial, ALONE)
    await _deaths(trial, ALONE)
    for service in trial.chance.sample(SERVICES, len(SERVICES)):
        await trial.strike(f"SIGKILL of {service}")
        await trial.fleet.kill(service)
        before, died = await trial.durable(service), time.monotonic()
        await trial.fleet.launch(service)
        await trial.recovered(service, before, died, limit=FROM_NOTHING_SECONDS)


async def _lane(trial: Trial, services: Sequence[str]) -> None:
    for service in services:
        if service != services[0]:
            await _prepare(trial, service)
        await _deaths(trial, service)


async def _deaths(trial: Trial, service: str) -> None:
    for nth in range(len(POINTS)):
        await _next_death(trial, service, nth)


async def _prepare(trial: Trial, service: str) -> None:
    """A service that will die at each point, in an order of chance; where it sends little, at its sends first."""
    points = trial.chance.sample(POINTS, len(POINTS))
    if service == "training":
        points.sort(key=lambda point: not point.endswith("send"))
    plans = [f"{point}:{_nth(trial, service, point)}" for point in points]
    await trial.fleet.stop(service)
    await trial.fleet.start(service, "tests.faults.lives", service, str(_notes(trial, service)), *plans)


def _nth(trial: Trial, service: str, point: str) -> int:
    what = point.partition("_")[2]
    return 1 if (service, what) == ("training", "send") else trial.chance.randint(*NTH[what])


def _notes(trial: Trial, service: str) -> Path:
    return trial.fleet.stack.folder / f"{service}.lives"


async def _next_death(trial: Trial, service: str, nth: int) -> None:
    """Until the n-th death, and until the next life has settled its first batch."""

    def told(what: str) -> list[Note]:
        return [note for note in read(_notes(trial, service)) if note.what == what]

    await until(lambda: len(told(DIED)) > nth, PATIENCE_SECONDS)
    died = told(DIED)[nth]
    trial.injected += 1
    say(f"  {service} died {died.point.replace('_', ' ')} ({await trial.in_flight()} in flight)")
    await until(lambda: len(told(FIRST)) > nth + 1, PATIENCE_SECONDS)
    first = told(FIRST)[nth + 1]
    trial.progressed(service, first.at - died.at, first.waited)


def new_needs_all_the_time(officers: Sequence[EmployeeRecorded], n: int) -> Submission:
    """The mixed load, in which one officer after the other is complained about for the first time."""
    first = n // len(clients.CATEGORIES)
    return clients.about([officers[first % len(officers)]], n)
