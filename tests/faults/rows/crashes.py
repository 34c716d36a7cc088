"""F1: SIGKILL of each service at each crash point, and at random."""

from __future__ import annotations

import asyncio
import time

from tests.faults.crashing import POINTS
from tests.faults.trial import Trial

LANES = (("complaints", "training"), ("evaluation", "notifications"))
"""Two services die at a time, one for each core."""
NTH = {"commit": (3, 8), "send": (10, 40), "offsets": (1, 3)}
"""Which pass is the last, at random: late enough that the life before it shows progress."""
DIES_SECONDS = 20.0


async def kill_at_each_point(trial: Trial) -> None:
    """Each service dies once at random and once at each point, and is started at once, as a supervisor would."""
    await trial.submitted(100)
    async with asyncio.TaskGroup() as group:
        for lane in LANES:
            group.create_task(_lane(trial, lane))


async def _lane(trial: Trial, services: tuple[str, ...]) -> None:
    for service in services:
        await trial.strike(f"SIGKILL of {service}")
        before, died = await trial.durable(service), time.monotonic()
        await trial.fleet.kill(service)
        for point in trial.chance.sample(POINTS, len(POINTS)):
            before, died = await _one_life(trial, service, point, before, died)
        await trial.fleet.start(service)
        await trial.recovered(service, before, died)


async def _one_life(trial: Trial, service: str, point: str, before: str, died: float) -> tuple[str, float]:
    """From a death to the next. Gives what was durable at the second, and when it was."""
    nth = trial.chance.randint(*NTH[point.partition("_")[2]])
    await trial.fleet.launch(service, "tests.faults.crashing", service, point, str(nth))
    await trial.recovered(service, before, died)
    try:
        await trial.fleet.dies(service, DIES_SECONDS)
    except TimeoutError:
        trial.wrong.append(f"{service} never came to {point} for the {nth}th time")
        await trial.fleet.kill(service)
    await trial.strike(f"{service} died {point.replace('_', ' ')} {nth}")
    return await trial.durable(service), time.monotonic()
