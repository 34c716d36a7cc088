"""The limit of the chain: four bare hops, one behind another, each a process with a database of its own."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg
import psutil

from benchmarks.hop import LIMIT_SCHEMA
from benchmarks.stage import Stage, bare_environment, new_prefix, process
from deploy.local import wire
from shared.events import TOPICS

ROAD = ("complaints.v1", "evaluations.v1", "trainings.v1", "notifications.v1", "receipts.v1")
HOPS = len(ROAD) - 1


@dataclass(frozen=True, slots=True)
class Hops:
    """Running, and the database of the last of them."""

    prefix: str
    processes: dict[str, psutil.Process]
    last: asyncpg.Connection[asyncpg.Record]

    async def recorded(self) -> int:
        """How many events went the whole way."""
        return int(await self.last.fetchval("SELECT count(*) FROM outbox"))


@asynccontextmanager
async def hops(stage: Stage) -> AsyncIterator[Hops]:
    """Four of them, with topics of their own."""
    prefix, kafka = new_prefix(), stage.stack.kafka
    for name in ROAD:
        await wire.ensure(kafka, TOPICS[name], prefix)
    async with AsyncExitStack() as running:
        processes = {}
        for heard, told in itertools.pairwise(ROAD):
            database = await stage.database(None, LIMIT_SCHEMA)
            environment = bare_environment(stage, database, prefix, in_topic=heard, out_topic=told)
            processes[told] = await running.enter_async_context(process("benchmarks.limit.hop", environment))
        last = await asyncpg.connect(database)
        running.push_async_callback(last.close)
        yield Hops(prefix, processes, last)
