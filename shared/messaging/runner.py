"""The runner: one batch, one transaction, the same for all doors: events, commands, timers, errands.

Lock order everywhere: `seen` or request -> names -> timer -> domain rows (sorted) -> `stream` -> `position`.
"""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from shared.db import Connection, Pool
from shared.messaging import stream, waves
from shared.messaging.failures import heed_cancellation
from shared.messaging.signal import Signal
from shared.messaging.tx import Name, Tx
from shared.messaging.waves import Work, buckets
from shared.policy import Policies
from shared.telemetry import traces
from shared.telemetry.metrics import Metrics

OPEN = "SELECT * FROM open_batch($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])"


class Door(Protocol):
    """Where a batch comes in: what it locks and decides first, and what it writes down last."""

    name: str

    @property
    def size(self) -> int:
        """How many items its batch has."""

    async def open(self, connection: Connection) -> tuple[datetime, Sequence[Work]]:
        """Lock the past and the names, read, decide. Gives the clock reading and what is to be done."""

    async def close(self, tx: Tx) -> None:
        """Write down what has been done."""


async def lock(connection: Connection, names: Iterable[Name]) -> datetime:
    """Lock names in the one order of all batches. Gives the clock reading, taken once they are held."""
    now: datetime = await connection.fetchval(OPEN, [], [], [], [], buckets(names))
    return now


class Runner:
    """Runs batches. `told` is set whenever one has told something, `advanced` when events or commands took effect."""

    def __init__(self, pool: Pool, settings: Any, policies: Policies) -> None:
        self.pool = pool
        self.settings = settings
        self.policies = policies
        self.metrics = Metrics()
        self.told = Signal()
        self.advanced = Signal()

    async def run(self, door: Door) -> Tx:
        """One batch in one transaction. Raises whatever failed; then nothing is left of it."""
        started = time.perf_counter()
        try:
            with traces.span(f"{door.name} batch", attributes={"items": door.size}):
                tx = await self._run(door)
        except Exception as error:
            self.metrics.failed(door, error)
            heed_cancellation(error)
            raise
        self.metrics.committed(door, tx, time.perf_counter() - started)
        if tx.told:
            self.told.set()
        return tx

    async def _run(self, door: Door) -> Tx:
        async with self.pool.acquire() as connection:
            return await self.within(connection, door)

    async def within(self, connection: Connection, door: Door) -> Tx:
        """The batch on a connection that is held already; inside a transaction of its own, in a savepoint."""
        async with connection.transaction():
            now, works = await door.open(connection)
            traces.link(work.cause.traceparent for work in works)
            tx = Tx(connection, now, self.settings, self.policies)
            await waves.run(tx, works)
            if tx.told:
                await stream.tell(connection, tx.told)
            await door.close(tx)
        return tx
