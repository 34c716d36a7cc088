"""The relay sends the outbox to Kafka: one owner a service, by a lease with an epoch on the database's time.

A record may be sent twice (a crash before the cursor is saved, a late send of an owner that slept), never lost and
never out of the order of its key. Consumers drop what they have seen.
"""

import asyncio
import time
import uuid
from dataclasses import dataclass

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.db import Connection, Pool
from shared.messaging import outbox
from shared.messaging.failures import is_transient
from shared.messaging.outbox import Cursor

log = structlog.get_logger()

LEASE = """UPDATE relay SET
    epoch = CASE WHEN owner = $1 AND lease_until >= clock_timestamp() THEN epoch ELSE epoch + 1 END,
    owner = $1, lease_until = clock_timestamp() + make_interval(secs => $2)
WHERE name = 'outbox' AND (owner = $1 OR owner IS NULL OR lease_until < clock_timestamp())
RETURNING epoch, since, until, last_id"""
SAVE = """UPDATE relay SET since = $2, until = $3, last_id = $4,
    lease_until = clock_timestamp() + make_interval(secs => $5)
WHERE name = 'outbox' AND epoch = $1 RETURNING epoch"""
RELEASE = "UPDATE relay SET owner = NULL, lease_until = '-infinity' WHERE name = 'outbox' AND epoch = $1"

LOT = 500
"""Records in flight; 20,000 at once collapse the client to a twentieth of its rate."""
POLL_SECONDS = (0.002, 0.05)
SAVE_SECONDS = 0.1
"""The cursor is saved at most this often, so that it leaves few dead rows."""


class Lost(Exception):
    """The lease went to another owner."""


@dataclass(slots=True)
class Lease:
    """What the owner holds: its epoch, the cursor, and until when (this process's monotonic clock) it may send."""

    epoch: int
    cursor: Cursor
    until: float
    saved_at: float
    unsaved: bool = False


class Relay:
    """Sends what `told` announces; polls as a net. `seconds` is the length of the lease."""

    def __init__(self, pool: Pool, bootstrap: list[str], prefix: str, told: asyncio.Event, seconds: float) -> None:
        self.pool = pool
        self.bootstrap = bootstrap
        self.prefix = prefix
        self.told = told
        self.seconds = seconds
        self.owner = str(uuid.uuid4())
        self.state = "waiting for the lease"

    async def run(self) -> None:
        """Own the lease and send, for ever; after any failure start again from the saved cursor."""
        while True:
            try:
                await self._own()
            except (Lost, KafkaError, TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                if isinstance(error, asyncpg.PostgresError) and not is_transient(error):
                    log.exception("relay_failed")
                self.state = f"starts again after {type(error).__name__}"
                log.warning("relay_starts_again", error=type(error).__name__)
            await asyncio.sleep(min(0.5, self.seconds / 4))

    async def _own(self) -> None:
        async with self.pool.acquire() as connection:
            lease = await self.take(connection)
            if lease is None:
                self.state = "another replica relays"
                return
            producer = self._producer()
            try:
                await producer.start()
                self.state = "relaying"
                await self._pump(connection, producer, lease)
            finally:
                await self._let_go(connection, producer, lease)

    def _producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=self.bootstrap,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_request_size=2**20,
            metadata_max_age_ms=60_000,
        )

    async def take(self, connection: Connection) -> Lease | None:
        """Take or renew the lease; None while another owner holds it."""
        await outbox.prepare(connection)
        asked = time.monotonic()
        row = await connection.fetchrow(LEASE, self.owner, self.seconds)
        if row is None:
            return None
        return Lease(row["epoch"], Cursor(row["since"], row["until"], row["last_id"]), asked + self.seconds, asked)

    async def _pump(self, connection: Connection, producer: AIOKafkaProducer, lease: Lease) -> None:
        pause, longest = POLL_SECONDS
        while True:
            self.told.clear()
            rows = await self.step(connection, producer, lease)
            if rows:
                pause = POLL_SECONDS[0]
                continue
            try:
                async with asyncio.timeout(pause):
                    await self.told.wait()
            except TimeoutError:
                pause = min(pause * 2, longest)

    async def step(self, connection: Connection, producer: AIOKafkaProducer, lease: Lease) -> int:
        """Read one lot, send it, move the cursor behind it. Gives the number of records sent."""
        if time.monotonic() > lease.until - self.seconds * 2 / 3:
            await self.save(connection, lease)
        rows, cursor = await outbox.read(connection, lease.cursor, LOT)
        if rows:
            await self._send(producer, rows)
        lease.cursor, lease.unsaved = cursor, lease.unsaved or bool(rows)
        if lease.unsaved and time.monotonic() - lease.saved_at >= SAVE_SECONDS:
            await self.save(connection, lease)
        return len(rows)

    async def save(self, connection: Connection, lease: Lease) -> None:
        """Save the cursor and renew the lease. Raises Lost where another owner has taken it."""
        asked, cursor = time.monotonic(), lease.cursor
        row = await connection.fetchrow(SAVE, lease.epoch, cursor.since, cursor.until, cursor.last_id, self.seconds)
        if row is None:
            raise Lost
        lease.unsaved, lease.saved_at, lease.until = False, asked, asked + self.seconds

    async def _send(self, producer: AIOKafkaProducer, rows: list[asyncpg.Record]) -> None:
        """Send a lot pipelined, and wait until every record is acknowledged by all replicas.

        The deadline lies within the lease; an idempotent producer's futures do not expire by themselves.
        """
        async with asyncio.timeout(self.seconds / 2):
            sent = [
                await producer.send(
                    self.prefix + r["topic"], r["payload"].encode(), r["key"].encode(), headers=headers(r)
                )
                for r in rows
            ]
            await asyncio.gather(*sent)

    async def _let_go(self, connection: Connection, producer: AIOKafkaProducer, lease: Lease) -> None:
        """Stop cleanly: the cursor and the lease are given back where the database can still be reached."""
        try:
            async with asyncio.timeout(1.0):
                if not connection.is_closed():
                    await self.save(connection, lease)
                    await connection.execute(RELEASE, lease.epoch)
        except (Lost, TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            log.info("relay_lease_left_to_expire")
        try:
            async with asyncio.timeout(2.0):
                await producer.stop()
        except (TimeoutError, KafkaError):
            log.info("relay_producer_dropped")


def headers(row: asyncpg.Record) -> list[tuple[str, bytes]]:
    """The CloudEvents headers of an outbox row (Kafka protocol binding, binary mode)."""
    texts = {
        "ce_specversion": "1.0",
        "ce_id": str(row["event_id"]),
        "ce_source": "urn:salor:" + row["type"].split(".")[3],
        "ce_type": row["type"],
        "ce_time": row["at"].isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "ce_subject": row["key"],
        "ce_sequence": str(row["sequence"]),
        "ce_correlationid": row["correlation_id"],
        "ce_causationid": row["causation_id"],
        "ce_outboxid": str(row["id"]),
        "content-type": "application/json",
    }
    if row["traceparent"]:
        texts["traceparent"] = row["traceparent"]
    return [(name, value.encode()) for name, value in texts.items()]
