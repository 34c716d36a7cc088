"""F21: more than there is room for: every connection of the pool taken, the queue full, no file descriptor left."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from deploy.local.chosen import HOST
from deploy.local.stack import ok
from deploy.local.trouble import say
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

SERVICE = "complaints"
TIGHT = {"SALOR_POOL_SIZE": "2", "SALOR_QUEUE_LIMIT": "30"}
LOCKED = "LOCK TABLE complaint IN ACCESS EXCLUSIVE MODE"
CROWD = 300.0
"""Submissions a second, of which half come by HTTP, on at most 100 connections."""
SHED = 100
SPARE, VISITORS = 3, 40
"""So many descriptors more than are open; so many connections that ask for nothing."""
RECOVERY_SECONDS = 10.0


def missing() -> str:
    """What this machine lacks to take descriptors from a process."""
    return "" if sys.platform == "linux" else "only Linux lets the limits of another process be set"


async def a_crowd(trial: Trial) -> None:
    """F21: a crowd while the pool is taken and the queue is short; then one while no file descriptor is left."""
    fleet = trial.fleet
    await fleet.stop(SERVICE)
    await fleet.start(SERVICE, env=TIGHT)
    await trial.submitted(200)
    await trial.strike("every connection of the pool waits")
    async with _crowded(trial), _pool_taken(trial):
        put_off = trial.load.put_off
        await until(lambda: trial.load.put_off >= put_off + SHED, PATIENCE_SECONDS)
        trial.expect(not await _ready(trial), f"{SERVICE} says that it is ready, with no connection left")
    await _goes_on(trial)
    await trial.strike("no file descriptor left")
    async with _crowded(trial), _no_descriptors(trial):
        shed = await _visits(trial)
        trial.expect(shed > 0, "no visitor was sent away with no descriptor left")
        say(f"  {shed} of {VISITORS} visitors sent away")
    await _goes_on(trial)
    trial.expect_answers()
    await fleet.stop(SERVICE)
    await fleet.start(SERVICE)


async def _goes_on(trial: Trial) -> None:
    await trial.recovered(SERVICE, await trial.durable(SERVICE), time.monotonic(), limit=RECOVERY_SECONDS)
    await until(lambda: _ready(trial), PATIENCE_SECONDS)


@asynccontextmanager
async def _crowded(trial: Trial) -> AsyncIterator[None]:
    """While it lasts, all come at once."""
    usual = trial.load.rate, trial.load.after
    trial.load.rate = trial.load.after = CROWD
    try:
        yield
    finally:
        trial.load.rate, trial.load.after = usual


@asynccontextmanager
async def _pool_taken(trial: Trial) -> AsyncIterator[None]:
    """Whoever writes or reads complaints waits, and keeps its connection."""
    holder = await trial.connection(SERVICE)
    async with holder.transaction():
        await holder.execute(LOCKED)
        yield


@asynccontextmanager
async def _no_descriptors(trial: Trial) -> AsyncIterator[None]:
    """The process may open three more."""
    process = psutil.Process(trial.fleet.pid(SERVICE) or -1)
    soft, hard = process.rlimit(psutil.RLIMIT_NOFILE)
    process.rlimit(psutil.RLIMIT_NOFILE, (process.num_fds() + SPARE, hard))
    try:
        yield
    finally:
        process.rlimit(psutil.RLIMIT_NOFILE, (soft, hard))


async def _visits(trial: Trial) -> int:
    """How many of those who only hold a connection were sent away."""
    port = int(trial.fleet.http(SERVICE).rpartition(":")[2])
    visits = await asyncio.gather(*(asyncio.open_connection(HOST, port) for _ in range(VISITORS)))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return sum(await asyncio.gather(*(_sent_away(reader) for reader, _ in visits)))
    finally:
        for _, writer in visits:
            writer.close()


async def _sent_away(reader: asyncio.StreamReader) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2):
            try:
                return await reader.read() == b""
            except OSError:
                return True
    return False


async def _ready(trial: Trial) -> bool:
    try:
        async with asyncio.timeout(5):
            return await ok(f"{trial.fleet.http(SERVICE)}/health/ready")
    except OSError:
        return False
