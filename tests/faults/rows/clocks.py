"""F10: the clock of some processes an hour ahead of the database's and of all others', and back at once."""

from __future__ import annotations

import asyncio
import time
from email.utils import parsedate_to_datetime
from functools import partial

import httpx

from tests.faults.rows.scale import progress
from tests.faults.skew import Skew
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

MOVED = ("evaluation", "notifications")
"""Beside each of them works a replica whose clock is right."""
HOUR = 3600
TOLERANCE_SECONDS = 60
STEADY = 200
EXPIRED = "SELECT count(*) FROM delivery WHERE reason = 'lease ran out'"


async def an_hour_ahead_and_back(trial: Trial) -> None:
    """F10: one of two replicas of evaluation and of notifications is an hour ahead, then right again at once."""
    fleet, skew = trial.fleet, Skew(trial.fleet.stack.folder)
    await skew.build()
    await asyncio.gather(*(fleet.stop(name) for name in MOVED))
    await asyncio.gather(*(fleet.start(name, env=skew.env) for name in MOVED))
    await asyncio.gather(*(fleet.start(f"{name}-1") for name in MOVED))
    await trial.submitted(100)
    expired = await trial.value("notifications", EXPIRED)
    async with progress(trial):
        for seconds, what in ((HOUR, "an hour ahead"), (0, "and back")):
            await trial.strike(what)
            skew.move(seconds)
            for name in MOVED:
                await until(partial(_is_ahead, fleet.http(name), seconds), PATIENCE_SECONDS)
            await trial.submitted(len(trial.load.submissions) + STEADY)
    lapsed = await trial.value("notifications", EXPIRED) - expired
    trial.expect(lapsed == 0, f"{lapsed} leases of deliveries ran out, by another clock than the database's")
    await asyncio.gather(*(fleet.stop(name) for moved in MOVED for name in (moved, f"{moved}-1")))
    await asyncio.gather(*(fleet.start(name) for name in MOVED))


async def _is_ahead(address: str, seconds: int) -> bool:
    """Whether a service dates its answers so far ahead of our clock: whoever could not be moved proves nothing."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        answer = await client.get(f"{address}/health/live")
    ahead = parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time()
    return abs(ahead - seconds) < TOLERANCE_SECONDS
