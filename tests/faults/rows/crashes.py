"""F1: SIGKILL of each service at each crash point, and at random."""

from __future__ import annotations

import time
from collections.abc import Sequence

from shared.events.directory import EmployeeRecorded
from tests.faults import clients
from tests.faults.clients import Submission
from tests.faults.crashing import POINTS
from tests.faults.trial import Trial

ORDER = ("training", "notifications", "evaluation", "complaints")
"""Training first, while each new complaint still opens a need: it sends nothing else."""
NTH = {"commit": (3, 6), "send": (2, 20), "offsets": (1, 2)}
"""Which pass is the last, at random: late enough that the life before it shows progress."""
DIES_SECONDS = 20.0


async def kill_at_each_point(trial: Trial) -> None:
    """F1: each service dies once at random and once at each point, and is started at once, as a supervisor would."""
    await trial.submitted(50)
    for service in ORDER:
        await trial.strike(f"SIGKILL of {service}")
        before, died = await trial.durable(service), time.monotonic()
        await trial.fleet.kill(service)
        for point in trial.chance.sample(POINTS, len(POINTS)):
            before, died = await _one_life(trial, service, point, before, died)
        await trial.fleet.launch(service)
        await trial.recovered(service, before, died)


async def _one_life(trial: Trial, service: str, point: str, before: str, died: float) -> tuple[str, float]:
    """From one death to the next. Gives what was durable at the second, and when it was."""
    what = point.partition("_")[2]
    nth = 1 if (service, what) == ("training", "send") else trial.chance.randint(*NTH[what])
    await trial.fleet.launch(service, "tests.faults.crashing", service, point, str(nth))
    await trial.recovered(service, before, died)
    try:
        await trial.fleet.dies(service, DIES_SECONDS)
    except TimeoutError:
        trial.wrong.append(f"{service} never came to {point} for the {nth}th time")
        await trial.fleet.kill(service)
    died = time.monotonic()
    await trial.strike(f"{service} died {point.replace('_', ' ')}")
    return await trial.durable(service), died


def new_needs_all_the_time(officers: Sequence[EmployeeRecorded], n: int) -> Submission:
    """The mixed load, in which one officer after the other is complained about for the first time."""
    first = n // len(clients.CATEGORIES)
    return clients.about([officers[first % len(officers)]], n)
