"""Whether a district stands still: all that was told was seen, all that was due was done, no mail is half sent.

Only then may a test move the clock: a lease that lapses in the middle of a call is a trouble of its own.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from deploy.local.demo.world import World, eventually
from deploy.local.stack import SERVICES
from shared.operator.cli.client import Services
from shared.operator.reconcile import Difference, Pair, differences, pairs

SEEN = "SELECT stream, sum(sequence)::bigint FROM seen GROUP BY stream"
TOLD = "SELECT stream, sum(sequence)::bigint FROM stream GROUP BY stream"
DUE = "SELECT count(*) FROM timer WHERE due <= clock_timestamp() AND failure IS NULL"
SENDING = """SELECT count(*) FROM delivery
WHERE state IN ('claimed', 'sending') OR state IN ('pending', 'waiting') AND next_at <= clock_timestamp()"""
PARKED = "SELECT stream || ' ' || key || ': ' || reason FROM parked"
DEAD = "SELECT topic || ': ' || reason FROM dead_letter"
FAILED = "SELECT name || ' ' || subject || ': ' || failure FROM timer WHERE failure IS NOT NULL"
RECONCILE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Still:
    """A district as its databases show it."""

    databases: Mapping[str, asyncpg.Connection]
    operator: Services
    ways: tuple[Pair, ...]

    async def fired(self, service: str) -> None:
        """Until a service has done all that is due."""
        await eventually(lambda: self._none(service, DUE), f"{service} has done what is due")

    async def reached(self) -> dict[str, int]:
        """Until nothing is on its way. Gives how many facts were told by then of each stream."""
        found: dict[str, int] = {}

        async def still() -> bool:
            """What was seen is read first: what was told after that would be missing in it."""
            seen = {service: await self._sums(service, SEEN) for service in self.databases}
            nothing_due = [await self._none(service, DUE) for service in self.databases]
            nothing_half_sent = await self._none("notifications", SENDING)
            told = {service: await self._sums(service, TOLD) for service in self.databases}
            found.update({stream: count for sums in told.values() for stream, count in sums.items()})
            arrived = [seen[w.listener].get(w.stream, 0) == told[w.sender].get(w.stream, 0) for w in self.ways]
            return all(arrived) and all(nothing_due) and nothing_half_sent

        await eventually(still, "nothing is on its way")
        return found

    async def troubles(self) -> list[str]:
        """All that is parked, can't be placed, or failed."""
        found = []
        for service, database in self.databases.items():
            for sql in (PARKED, DEAD, FAILED):
                found += [f"{service}: {row[0]}" for row in await database.fetch(sql)]
        return found

    async def differences(self) -> list[Difference]:
        """What `salor reconcile` finds."""
        return await asyncio.to_thread(self._reconcile)

    def _reconcile(self) -> list[Difference]:
        return [one for way in self.ways for one in differences(self.operator, way, RECONCILE_SECONDS, lambda _: None)]

    async def _sums(self, service: str, sql: str) -> dict[str, int]:
        return {row[0]: row[1] for row in await self.databases[service].fetch(sql)}

    async def _none(self, service: str, sql: str) -> bool:
        return bool(await self.databases[service].fetchval(sql) == 0)


@asynccontextmanager
async def watching(world: World) -> AsyncIterator[Still]:
    """Look at a district that runs."""
    token = await world.stack.token(["operator"], str(uuid.uuid4()))
    operator = Services({name: world.stack.http(name) for name in SERVICES}, token)
    ways, _ = await asyncio.to_thread(pairs, operator)
    async with AsyncExitStack() as opened:
        databases = {}
        for name in SERVICES:
            databases[name] = await asyncpg.connect(world.stack.postgres_url(name))
            opened.push_async_callback(databases[name].close)
        yield Still(databases, operator, tuple(ways))
