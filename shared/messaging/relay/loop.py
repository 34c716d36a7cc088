"""The relay's one task: own the lease, look, send; after any failure begin again from the saved cursor."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NoReturn

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.db import Connection, Pool
from shared.messaging import outbox
from shared.messaging.brokers import Brokers
from shared.messaging.failures import heed_cancellation, is_transient
from shared.messaging.outbox import BEGINNING
from shared.messaging.relay import lease as leases
from shared.messaging.relay.lease import Lease, Lost
from shared.messaging.relay.own import own_topics, unknown
from shared.messaging.relay.send import producer_to, send, what_to_do
from shared.messaging.signal import Signal

log = structlog.get_logger()

# Then nothing that is told would ever be seen behind the cursor, and so never be sent.
IS_AHEAD = """SELECT pg_snapshot_xmax(until::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot())
    OR EXISTS (SELECT FROM outbox WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))
FROM relay WHERE name = 'outbox'"""
IS_RESTORED = "SELECT restored FROM relay WHERE name = 'outbox'"
LOT = 500
"""Records in flight; 20,000 at once collapse the client to a twentieth of its rate."""
POLL_SECONDS = (0.002, 0.05)
SAVE_SECONDS = 0.1
"""The cursor is saved at most this often, so that it leaves few dead rows."""
LOOK_SECONDS = 2.0
"""Between two looks of a relay that may not send."""
RESTORED = (
    "the topics hold events that this database does not know, so it was restored: salor reconcile --raise SERVICE"
)
AHEAD = "the outbox is of another server, whose transactions are ahead: restore it again, and call rebase_outbox() then"
ELSEWHERE = "another replica found this database restored: its health says what to do"


class State(StrEnum):
    """What the relay of a process does."""

    WAITING = "waiting for the lease"
    OTHER = "another replica relays"
    READING = "reading its topics"
    RELAYING = "relaying"
    AGAIN = "starts again"
    RESTORED = "restored"


class Restored(Exception):
    """A topic is ahead of the database: sending would tell other events under the same sequences."""


class Relay:
    """Sends what `told` announces; polls as a net. `seconds` is the length of the lease.

    `state` says what it does; `wrong` what a person has to do about it; `restored` that it may not send.
    `sent` and `errors` only rise: records acknowledged, and starts again by error.
    """

    def __init__(
        self,
        pool: Pool,
        brokers: Brokers,
        prefix: str,
        told: Signal,
        seconds: float,
        topics: Iterable[str],
    ) -> None:
        self.pool = pool
        self.brokers = brokers
        self.prefix = prefix
        self.told = told
        self.seconds = seconds
        self.topics = sorted(topics)
        self.owner = str(uuid.uuid4())
        self.state = State.WAITING
        self.wrong = ""
        self.restored = False
        self.sent = 0
        self.errors: Counter[str] = Counter()

    async def run(self) -> None:
        """Own the lease and send, until the task is cancelled."""
        while True:
            try:
                await self._own()
            except (Exception, asyncio.CancelledError) as error:
                heed_cancellation(error)
                self._failed(error)
            await asyncio.sleep(LOOK_SECONDS if self.restored else min(0.5, self.seconds / 4))

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, Restored):
            self._restored(str(error))
            return
        expected = isinstance(error, Lost | KafkaError) or is_transient(error)
        self.errors[type(error).__name__] += 1
        self.state = State.AGAIN
        self.wrong = self.wrong if self.restored else what_to_do(error)
        log.warning("relay_starts_again", error=type(error).__name__, exc_info=None if expected else error)

    def _restored(self, why: str) -> None:
        if why and not self.restored:
            log.error("relay_restored", why=why)
        self.restored, self.wrong = bool(why), why
        self.state = State.RESTORED if why else self.state

    async def _own(self) -> None:
        async with self.pool.acquire() as connection, outbox.by_index(connection):
            lease = await self.take(connection)
            if lease is None:
                self.state = State.OTHER
                self._restored(ELSEWHERE if await connection.fetchval(IS_RESTORED) else "")
                return
            producer = producer_to(self.brokers)
            try:
                await self.look(connection, lease)
                await producer.start()
                self.state = State.RELAYING
                self._restored("")
                await self._pump(connection, producer, lease)
            finally:
                await self._let_go(connection, producer, lease)

    async def take(self, connection: Connection) -> Lease | None:
        """Take or renew the lease; None while another owner holds it."""
        return await leases.take(connection, self.owner, self.seconds)

    async def look(self, connection: Connection, lease: Lease) -> None:
        """Look whether the topics hold what the database does not know. Raises Restored (or Lost, or the broker's).

        Usually they end where the cursor says, and there is nothing to read.
        """
        self.state = self.state if self.restored else State.READING
        if await connection.fetchval(IS_AHEAD):
            await self._refuse(connection, lease, AHEAD)
        async with own_topics(self.brokers, self.prefix, self.topics) as own:
            unread = await own.unread(connection, lease.cluster, lease.offsets)
            async for records in own.read(unread.start):
                if await unknown(connection, records, unread.oldest):
                    await self._refuse(connection, lease, RESTORED)
                await lease.renew(connection)
        if unread.elsewhere:
            # What of it is there nobody can say; what the outbox still has is sent again, and dropped as seen.
            log.warning("relay_on_another_cluster", before=lease.cluster, now=own.cluster)
            lease.cursor = BEGINNING
        lease.cluster, lease.offsets, lease.restored = own.cluster, own.ends, False
        await lease.save(connection)

    async def _refuse(self, connection: Connection, lease: Lease, why: str) -> NoReturn:
        lease.restored = True
        await lease.save(connection)
        raise Restored(why)

    async def _pump(self, connection: Connection, producer: AIOKafkaProducer, lease: Lease) -> None:
        pause, longest = POLL_SECONDS
        while True:
            told = self.told.count
            if await self.step(connection, producer, lease):
                pause = POLL_SECONDS[0]
            elif not await self.told.after(told, pause):
                pause = min(pause * 2, longest)

    async def step(self, connection: Connection, producer: AIOKafkaProducer, lease: Lease) -> int:
        """Read one lot, send it, move the cursor behind it. Gives the number of records sent."""
        await lease.renew(connection)
        rows, cursor = await outbox.read(connection, lease.cursor, LOT)
        if rows:
            # The deadline lies within the lease.
            lease.offsets |= await send(producer, self.prefix, rows, lease.offsets, self.seconds / 2)
            self.sent += len(rows)
        lease.cursor, lease.unsaved = cursor, lease.unsaved or bool(rows)
        if lease.unsaved and time.monotonic() - lease.saved_at >= SAVE_SECONDS:
            await lease.save(connection)
        return len(rows)

    async def _let_go(self, connection: Connection, producer: AIOKafkaProducer, lease: Lease) -> None:
        """Stop cleanly: the cursor and the lease are given back where the database can still be reached."""
        try:
            async with asyncio.timeout(1.0):
                if not connection.is_closed():
                    if lease.unsaved:
                        await lease.save(connection)
                    await lease.release(connection)
        except (Lost, TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            log.info("relay_lease_left_to_expire")
        try:
            async with asyncio.timeout(2.0):
                await producer.stop()
        except (TimeoutError, KafkaError):
            log.info("relay_producer_dropped")
