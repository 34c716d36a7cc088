"""F16: a service grows under load from one member of its group to two and to four, and shrinks to one again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx

from deploy.compose.journeys import applied
from deploy.local.trouble import say
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

SERVICE = "evaluation"
MORE = ([f"{SERVICE}-1"], [f"{SERVICE}-2", f"{SERVICE}-3"])
DYNAMIC: dict[str, str | None] = {"SALOR_INSTANCE": None}
APPLIED = "SELECT coalesce(sum(turn), 0)::bigint FROM seen"
STEADY = 250
"""Submissions for which a number of members is left as it is."""
WINDOW_SECONDS = 10.0
"""In which there is always progress."""
LOOK_SECONDS = 0.1


async def members_come_and_go(trial: Trial) -> None:
    """F16: one dynamic member of evaluation, then two, four and one; each has its part, and the group goes on."""
    fleet = trial.fleet
    await fleet.stop(SERVICE)
    await fleet.start(SERVICE, env=DYNAMIC)
    await trial.submitted(1)
    async with progress(trial):
        await _steady(trial, 1)
        for names in MORE:
            await trial.strike(f"{len(names)} more")
            await _join(trial, names)
            await _steady(trial, 2 * len(names))
        await trial.strike("three leave")
        await asyncio.gather(*(fleet.stop(name) for names in MORE for name in names))
        await _steady(trial, 1)
    await fleet.stop(SERVICE)
    await fleet.start(SERVICE)


async def _join(trial: Trial, names: Sequence[str]) -> None:
    """Start members, until each has applied an event: partitions have moved to it."""
    began = time.monotonic()
    await asyncio.gather(*(trial.fleet.start(name, env=DYNAMIC) for name in names))
    ready = time.monotonic()
    async with httpx.AsyncClient() as http:

        async def all_applied() -> bool:
            return all([await applied(http, trial.fleet.http(name)) for name in names])

        await until(all_applied, PATIENCE_SECONDS)
    say(f"  ready after {ready - began:.1f} s, each has applied after {time.monotonic() - ready:.1f} s more")


async def _steady(trial: Trial, members: int) -> None:
    """Let the members work, and tell at what rate they applied."""
    began, before = time.monotonic(), await trial.value(SERVICE, APPLIED)
    await trial.submitted(len(trial.load.submissions) + STEADY)
    done = await trial.value(SERVICE, APPLIED) - before
    say(f"  members {members}: {done / (time.monotonic() - began):.0f} events/s")


@asynccontextmanager
async def progress(trial: Trial) -> AsyncIterator[None]:
    """Watch the service's events; it is wrong that none is applied for a window in which there is work."""
    longest = [0.0]
    watching = asyncio.create_task(_watch(trial, longest))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])
    say(f"  the longest standstill: {longest[0]:.1f} s")
    trial.gaps.append(longest[0])
    trial.expect(longest[0] < WINDOW_SECONDS, f"nothing was applied for {longest[0]:.1f} s")


async def _watch(trial: Trial, longest: list[float]) -> None:
    known, since = -1, time.monotonic()
    while True:
        now = int(await trial.value(SERVICE, APPLIED))
        if now != known:
            known, since = now, time.monotonic()
        longest[0] = max(longest[0], time.monotonic() - since)
        await asyncio.sleep(LOOK_SECONDS)
