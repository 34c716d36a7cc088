"""`make faults LONG=1`: one pair of faults after the other, each on a stack of its own, until one fails."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from deploy.local.trouble import say
from tests.faults.report import Outcome
from tests.faults.rows import pairs
from tests.faults.rows.matrix import Row
from tests.faults.schedule import Schedule, draw, shrink
from tests.faults.trial import Trial

Run = Callable[[Sequence[Row], int], Awaitable[list[Outcome]]]
"""Runs rows under a seed."""


async def pairs_for(minutes: float, seed: int, run: Run) -> list[Outcome]:
    """Pairs for so many minutes, one at least: that of the seed, and then of the seeds after it."""
    ends, outcomes = time.monotonic() + 60 * minutes, list[Outcome]()
    while not outcomes or time.monotonic() < ends:
        schedule = draw(seed + len(outcomes))
        outcomes += await run([_row(schedule)], schedule.seed)
        if outcomes[-1].is_red:
            say(f"fails: {schedule}; looking for the shortest that still does")
            shortest = await shrink(schedule, partial(_fails, run))
            say(f"the shortest that fails: {shortest}")
            break
    return outcomes


async def _fails(run: Run, schedule: Schedule) -> bool:
    (outcome,) = await run([_row(schedule)], schedule.seed)
    return outcome.is_red


def _row(schedule: Schedule) -> Row:
    async def fault(trial: Trial) -> None:
        await pairs.give(trial, schedule)

    fault.__doc__ = str(schedule)
    return Row("F22", fault, least=schedule.submissions)
