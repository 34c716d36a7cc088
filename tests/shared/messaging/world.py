"""Replicas of one consumer over one database, and looks at its tables."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, MutableMapping, Sequence
from typing import Any

from shared import db
from shared.messaging.inbox import Inbox
from shared.messaging.record import Record, read
from shared.messaging.runner import Runner
from shared.messaging.sweeper import Sweeper
from shared.policy import Policies
from shared.settings import Settings
from tests.servers import ALONE, EMPTY
from tests.shared.messaging.play import Play
from tests.until import until

WAITING = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"""
PARKED = "SELECT key, sequence, reason FROM parked ORDER BY stream, key, sequence, event_id"
ECHOES = "SELECT key, sequence, payload::json->>'label' AS label FROM outbox ORDER BY id"


class Replica:
    """A consumer process, as far as the database can tell: a pool of its own."""

    def __init__(self, pool: db.Pool, settings: Settings, play: Play) -> None:
        self.pool = pool
        self.runner = Runner(pool, settings, Policies({}))
        self.inbox = Inbox(self.runner, play.listens)
        self.sweeper = Sweeper(self.inbox)

    async def settle(self, records: Iterable[Record]) -> None:
        await self.inbox.settle([read(record) for record in records])

    async def one_by_one(self, records: Iterable[Record]) -> None:
        for record in records:
            await self.settle([record])

    async def take_connection(self) -> Any:
        """Take one from the pool; who asks for one later waits until it is released."""
        return await self.pool.acquire()

    async def sweep(self) -> None:
        await self.sweeper.sweep()


class World:
    """The database, emptied; `look` is a pool for the test's own eyes and held locks."""

    def __init__(self, url: str, look: db.Pool) -> None:
        self.url, self.look, self.play = url, look, Play()
        self._pools: list[db.Pool] = []
        self._tasks: list[asyncio.Task[Any]] = []

    @classmethod
    async def open(cls, url: str) -> World:
        look = await db.open_pool(url, 6, "look")
        await look.execute(ALONE)
        world = cls(url, look)
        await world.empty()
        return world

    async def empty(self) -> None:
        await self.look.execute(EMPTY)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for pool in (*self._pools, self.look):
            pool.terminate()

    async def replica(self, play: Play | None = None, *, url: str = "", size: int = 4) -> Replica:
        """One more process over the database (through another address, where one is given)."""
        pool = await db.open_pool(url or self.url, size, "replica")
        self._pools.append(pool)
        return Replica(pool, self.settings, play or self.play)

    @property
    def settings(self) -> Settings:
        return Settings(database_url=self.url, kafka="", issuer="")

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do something at the same time."""
        self._tasks.append(asyncio.create_task(work))
        return self._tasks[-1]

    async def blocked(self, backends: int = 1) -> None:
        """Wait until so many backends wait for a lock."""
        await until(lambda: self._are_blocked(backends))

    async def _are_blocked(self, backends: int) -> bool:
        return bool(await self.look.fetchval(WAITING) >= backends)

    async def blocked_or_done(self, task: asyncio.Task[Any], backends: int) -> None:
        """Wait until a task has ended, or so many backends wait for a lock."""
        await until(lambda: self._blocked_or_done(task, backends))

    async def _blocked_or_done(self, task: asyncio.Task[Any], backends: int) -> bool:
        return task.done() or await self._are_blocked(backends)

    async def trail(self, name: str) -> list[str]:
        """The labels of a name (`"E"`) or of a key (`"history.v1 a"`), in the order in which they took effect."""
        return await self.look.fetchval("SELECT labels FROM trail WHERE name = $1", name) or []

    async def seen(self, key: str) -> int:
        return await self.look.fetchval("SELECT sequence FROM seen WHERE key = $1", key) or 0

    async def parked(self) -> list[tuple[str, int, str]]:
        return [tuple(row) for row in await self.look.fetch(PARKED)]

    async def echoes(self) -> list[tuple[str, int, str]]:
        """What was told, in the order of the outbox: key, sequence, label."""
        return [tuple(row) for row in await self.look.fetch(ECHOES)]


async def done(*tasks: asyncio.Task[Any]) -> None:
    """Wait for tasks, and raise what they raised."""
    await asyncio.wait_for(asyncio.gather(*tasks), 60)


def waits(logs: Sequence[MutableMapping[str, Any]]) -> list[str]:
    """The errors that made somebody wait and try again."""
    return [log["error"] for log in logs if log["event"] == "waiting_for_database"]


async def hold(connection: db.Connection, sql: str, *arguments: Any) -> Any:
    """Begin a transaction that holds a lock until it ends."""
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(sql, *arguments)
    return transaction
