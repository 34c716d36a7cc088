"""F15: a slow consumer, a slow PostgreSQL, and transactions that are held open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg

from tests.faults import slow
from tests.faults.behind import behind_postgres
from tests.faults.scraped import scrape
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

SERVICE, SENDER = "evaluation", "complaints"
DELAY = 0.01
"""Each way: a statement takes 20 ms more, a batch of ten of them 200."""
SLEEPS = 2
HOLD = "SELECT pg_current_xact_id()"
"""With it the transaction is one that a snapshot has to wait for, if anybody waited."""
SEIZE = "SELECT FROM relay FOR UPDATE"
STALL_SECONDS = 5.0
UNSENT = "salor_outbox_oldest_unsent_seconds"
PROMPT_SECONDS = 3.0


async def slow_and_held(trial: Trial) -> None:
    """F15: no rebalance for a sleep past the session; a transaction held open stalls no relay; a stall is seen."""
    file = trial.fleet.stack.folder / "sleep"
    async with (
        behind_postgres(trial, [SERVICE], {SERVICE: ("tests.faults.slow", str(file))}) as proxy,
        _held_open(trial, SERVICE, SENDER),
    ):
        await trial.submitted(150)
        proxy.delay = DELAY
        for _ in range(SLEEPS):
            await _sleep(trial, file)
        times = slow.assignments(file).read_text().split()
        trial.expect(len(times) == 1, f"{len(times)} assignments to the only member of its group")
        await _relays(trial)
        await _stall(trial)


@asynccontextmanager
async def _held_open(trial: Trial, *names: str) -> AsyncIterator[None]:
    """A transaction with an id of its own in some databases, all the while."""
    async with AsyncExitStack() as held:
        for name in names:
            connection = await asyncpg.connect(trial.fleet.stack.postgres_url(name))
            held.push_async_callback(connection.close)
            await held.enter_async_context(connection.transaction())
            await connection.execute(HOLD)
        yield


async def _sleep(trial: Trial, file: Path) -> None:
    """The next batch sleeps past the session; then it commits, and the group goes on as it was."""
    await trial.strike("a handler sleeps past its session")
    slow.arm(file)
    await until(lambda: not file.exists(), PATIENCE_SECONDS)
    await asyncio.sleep(slow.SLEEP_SECONDS)
    await trial.recovered(SERVICE, await trial.durable(SERVICE), time.monotonic())


async def _relays(trial: Trial) -> None:
    """What is told while the transactions are open is sent, and soon."""
    await trial.recovered(SENDER, await trial.durable(SENDER), time.monotonic())

    async def prompt() -> bool:
        return await scrape(trial, SENDER, UNSENT) < PROMPT_SECONDS

    await until(prompt, PATIENCE_SECONDS)


async def _stall(trial: Trial) -> None:
    """A transaction that holds the relay's own row does stall it; its metric rises, and falls when it is let go."""
    holder = await asyncpg.connect(trial.fleet.stack.postgres_url(SENDER))
    try:
        async with holder.transaction():
            await holder.execute(SEIZE)
            await trial.strike("the relay's row is held")

            async def seen() -> bool:
                return await scrape(trial, SENDER, UNSENT) > STALL_SECONDS

            await until(seen, PATIENCE_SECONDS)
    finally:
        await holder.close()
    await _relays(trial)
