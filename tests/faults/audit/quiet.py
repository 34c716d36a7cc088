"""I6, quiescence: some seconds after the load stops nothing is on its way any more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.stack import Stack
from deploy.local.trouble import say
from shared.events import Kind
from tests.faults.audit.evidence import ALL, Databases, databases
from tests.faults.audit.topics import partitions, reader

UNSENT = """SELECT count(*) FROM outbox, relay
WHERE (xid >= pg_snapshot_xmin(until::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, until::pg_snapshot))
    OR (id > last_id AND xid >= pg_snapshot_xmin(since::pg_snapshot)
        AND NOT pg_visible_in_snapshot(xid, since::pg_snapshot))"""
PARKED = "SELECT count(*) FROM parked WHERE reason <> 'settled'"
BUSY = """SELECT state, count(*) FROM delivery WHERE state IN ('claimed', 'sending')
    OR (state IN ('pending', 'waiting') AND (not_before IS NULL OR not_before <= now())) GROUP BY state"""
OPEN = """SELECT count(*) FROM pg_stat_activity
WHERE state LIKE 'idle in transaction%' AND state_change < now() - interval '1 second'"""
UNGRANTED = "SELECT count(*) FROM pg_locks WHERE NOT granted"


class NotQuiet(AssertionError):
    """Something is still on its way; or (`stands`) something is left, and nothing moves any more."""

    def __init__(self, says: str, *, stands: bool) -> None:
        super().__init__(says)
        self.stands = stands


@asynccontextmanager
async def when_quiet(
    stack: Stack, seconds: float = 60, parked: int = 0, still: float = inf
) -> AsyncIterator[Databases]:
    """The databases, once nothing is on its way (`parked`: so many stay). Raises NotQuiet with what is left.

    After so many `seconds`; or sooner, when what is left has not changed for so long (`still`).
    """
    began = time.monotonic()
    server = await asyncpg.connect(stack.postgres_url())
    try:
        async with databases(stack) as at, reader(stack.kafka) as consumer:
            last: list[str] = []
            changed = began
            while left := await _under_way(at, consumer, server, parked):
                now = time.monotonic()
                last, changed = left, changed if left == last else now
                if now - changed > still:
                    raise NotQuiet(f"all stands still: {'; '.join(left)}", stands=True)
                if now - began > seconds:
                    raise NotQuiet(f"not quiet after {seconds:.0f} s: {'; '.join(left)}", stands=False)
                await asyncio.sleep(0.2)
            say(f"  quiet after {time.monotonic() - began:.1f} s (at last: {'; '.join(last) or 'nothing'})")
            yield at
    finally:
        await server.close()


async def _under_way(
    at: Databases, consumer: AIOKafkaConsumer, server: asyncpg.Connection[asyncpg.Record], parked: int
) -> list[str]:
    left = [f"{name}: {n} unsent" for name, connection in at.items() if (n := await connection.fetchval(UNSENT))]
    ends = await consumer.end_offsets(partitions())
    left += [line for name in at if (line := await _unread(at, name, ends))]
    waits = sum([await connection.fetchval(PARKED) for connection in at.values()])
    left += [f"{waits} parked, {parked} expected"] if waits != parked else []
    left += [f"{n} deliveries {state}" for state, n in await at["notifications"].fetch(BUSY)]
    left += [f"{n} transactions idle" for n in [await server.fetchval(OPEN)] if n]
    return left + [f"{n} locks waited for" for n in [await server.fetchval(UNGRANTED)] if n]


async def _unread(at: Databases, name: str, ends: dict[TopicPartition, int]) -> str:
    """How many records a service has not settled yet."""
    rows = await at[name].fetch("SELECT topic, partition, next_offset FROM position")
    reached = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    # A state's loader sends in a transaction, whose marker has an offset that nobody reads.
    heard = {topic.name for topic in ALL[name].listens.topics if topic.kind is not Kind.STATE}
    lag = sum(end - reached.get(place, 0) for place, end in ends.items() if place.topic in heard)
    return f"{name}: {lag} unread" if lag else ""
