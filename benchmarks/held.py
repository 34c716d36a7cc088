"""One hop while somebody holds a transaction open: what of its rate is kept, and which dead rows stay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from benchmarks import pace
from benchmarks.hop import OFFICERS, OURS, RECORDS, Running, burst, letters, running
from benchmarks.measure import ratios
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Stage

HOLD = "SELECT pg_current_xact_id()"
MEANWHILE = 3_000
"""Events a second while it is held: about a quarter of what two cores carry."""
COUNTED_SECONDS = 1.5
"""PostgreSQL's statistics come that late."""
DEAD = """SELECT relname AS name, n_dead_tup AS rows FROM pg_stat_user_tables
WHERE relname IN ('outbox', 'relay', 'seen', 'position', 'stream') ORDER BY relname"""


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """With and without, in turn: the same load for the same time, then a burst."""
    kept: list[float] = []
    free: list[float] = []
    for _ in range(options.pairs):
        free.append((await _once(stage, options, held=False))[0])
        rate, dead = await _once(stage, options, held=True)
        kept.append(rate)
    results.add(f"one hop after {options.hold_seconds:.0f} s without a held transaction", free, "events/s")
    results.add(f"one hop after {options.hold_seconds:.0f} s with one", kept, "events/s")
    results.add("held", ratios(kept, free))
    for table, rows in dead.items():
        results.add(f"dead rows of {table} at its end", [rows], "rows")


async def _once(stage: Stage, options: Options, *, held: bool) -> tuple[float, dict[str, float]]:
    async with running(stage, OURS, OFFICERS) as at, _holding(at.database, held):
        await _meanwhile(stage, at, options.hold_seconds)
        reading = await burst(stage, at, options.scaled(RECORDS), OFFICERS)
        await asyncio.sleep(COUNTED_SECONDS)
        return reading.rate, await _dead(at.database)


async def _meanwhile(stage: Stage, at: Running, seconds: float) -> None:
    records = [pace.record(one, at.prefix, keyed=True) for one in letters(round(MEANWHILE * seconds), OFFICERS)]
    before = await at.out.count()
    await pace.send(stage.stack.kafka, records, pace.evenly(len(records), MEANWHILE))
    await at.out.reach(before + len(records), at.process)


@asynccontextmanager
async def _holding(database: str, held: bool) -> AsyncIterator[None]:
    """A transaction with an id and a snapshot, as a forgotten report has it."""
    connection = await asyncpg.connect(database)
    try:
        if held:
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            await connection.fetchval(HOLD)
        yield
    finally:
        await connection.close()


async def _dead(database: str) -> dict[str, float]:
    connection = await asyncpg.connect(database)
    try:
        return {row["name"]: row["rows"] for row in await connection.fetch(DEAD)}
    finally:
        await connection.close()
