"""A service's own topics as they are: read from an offset to their ends, and held against the outbox."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import for_code

from shared.db import Connection
from shared.messaging.brokers import Brokers
from shared.messaging.relay.lease import Offsets

# A topic is never ahead of committed rows: so the records are read first, then their rows.
UNKNOWN = """SELECT r.nth - 1 AS nth FROM unnest($1::bigint[], $2::uuid[], $3::bigint[])
    WITH ORDINALITY AS r(id, event_id, sequence, nth)
LEFT JOIN outbox o ON o.id = r.id AND o.event_id = r.event_id AND o.sequence = r.sequence
WHERE o.id IS NULL AND r.id >= $4 AND NOT EXISTS (SELECT FROM lost l WHERE l.event_id = r.event_id) ORDER BY r.nth"""
OLDEST = "SELECT coalesce((SELECT min(id) FROM outbox), last_value + is_called::int) FROM outbox_id_seq"

STEP_SECONDS = 10.0
"""Longest wait for an answer of the broker, or for the next records."""
LOT = 2_000


@dataclass(frozen=True, slots=True)
class Sent:
    """A record of ours as its topic holds it."""

    id: int
    event_id: UUID
    topic: str
    key: str
    sequence: int
    at: datetime

    @property
    def place(self) -> tuple[str, str]:
        """Its stream and key."""
        return self.topic, self.key


@dataclass(frozen=True, slots=True)
class Unread:
    """From which offsets on, and from which outbox id on, the topics are to be held against the outbox."""

    start: Offsets
    oldest: int
    elsewhere: bool


@dataclass(slots=True)
class OwnTopics:
    """The topics of one sender on one cluster. `ends` are where they ended when they were last read or asked."""

    consumer: AIOKafkaConsumer
    prefix: str
    cluster: str
    partitions: list[TopicPartition]
    ends: Offsets = field(default_factory=dict)

    async def unread(self, connection: Connection, cluster: str | None, offsets: Offsets) -> Unread:
        """What has to be read, going by the cursor's cluster and offsets.

        On topics that are not those that were written (another cluster's, or shorter than they were) the offsets mean
        nothing: all of it, but of rows that may have been trimmed nothing can be said.
        """
        if cluster is None:
            return Unread({}, 0, elsewhere=False)
        shorter = any(self.ends.get(place, 0) < offset for place, offset in offsets.items())
        if shorter or cluster != self.cluster:
            return Unread({}, await connection.fetchval(OLDEST), elsewhere=True)
        return Unread(offsets, 0, elsewhere=False)

    async def ask(self) -> None:
        """Ask for the ends."""
        async with asyncio.timeout(STEP_SECONDS):
            ends = await self.consumer.end_offsets(self.partitions)
        self.ends = {self._place(at): end for at, end in ends.items()}

    async def read(self, start: Offsets) -> AsyncIterator[list[Sent]]:
        """The records from `start` (where nothing is said: the beginning) to the ends, which are asked anew."""
        await self.ask()
        unread = [at for at in self.partitions if start.get(self._place(at), 0) < self.ends[self._place(at)]]
        if not unread:
            return
        self.consumer.assign(unread)
        async with asyncio.timeout(STEP_SECONDS):
            first = await self.consumer.beginning_offsets(unread)
        for at in unread:
            self.consumer.seek(at, max(start.get(self._place(at), 0), first[at]))
        positions = dict.fromkeys(unread, -1)
        moved = time.monotonic()
        while unread:
            found = await self.consumer.getmany(*unread, timeout_ms=100, max_records=LOT)
            if records := [sent for at in found for record in found[at] if (sent := self._sent(record))]:
                yield records
            before, positions = positions, {at: await self.consumer.position(at) for at in unread}
            if before != positions:
                moved = time.monotonic()
            elif time.monotonic() > moved + STEP_SECONDS:
                raise TimeoutError("the topics can't be read")
            unread = [at for at in unread if positions[at] < self.ends[self._place(at)]]

    def _place(self, at: TopicPartition) -> tuple[str, int]:
        return at.topic.removeprefix(self.prefix), at.partition

    def _sent(self, record: ConsumerRecord) -> Sent | None:
        """What the relay sent; None for a record that no relay has sent."""
        texts = dict(record.headers)
        try:
            outbox_id, sequence = int(texts["ce_outboxid"]), int(texts["ce_sequence"])
            event_id, at = UUID(texts["ce_id"].decode()), datetime.fromisoformat(texts["ce_time"].decode())
            return Sent(outbox_id, event_id, record.topic.removeprefix(self.prefix), record.key.decode(), sequence, at)
        except (KeyError, ValueError, AttributeError):
            return None


@asynccontextmanager
async def own_topics(brokers: Brokers, prefix: str, names: Iterable[str]) -> AsyncIterator[OwnTopics]:
    """Reach a sender's topics. Raises KafkaError or TimeoutError while the broker is away or a topic is not there."""
    cluster, partitions = await _describe(brokers, [prefix + name for name in sorted(names)])
    consumer = AIOKafkaConsumer(**brokers.options, enable_auto_commit=False, fetch_max_wait_ms=20)
    try:
        async with asyncio.timeout(STEP_SECONDS):
            await consumer.start()
        topics = OwnTopics(consumer, prefix, cluster, partitions)
        await topics.ask()
        yield topics
    finally:
        await consumer.stop()


async def _describe(brokers: Brokers, topics: list[str]) -> tuple[str, list[TopicPartition]]:
    async with asyncio.timeout(STEP_SECONDS), brokers.admin() as admin:
        cluster = (await admin.describe_cluster())["cluster_id"]
        described = await admin.describe_topics(topics)
    for topic in described:
        if topic["error_code"]:
            raise for_code(topic["error_code"])(topic["topic"])
    return cluster, [TopicPartition(t["topic"], p["partition"]) for t in described for p in t["partitions"]]


async def unknown(connection: Connection, records: Sequence[Sent], oldest: int = 0) -> list[Sent]:
    """Those of the records that the outbox does not hold as they are, and that were not lost before.

    Ids below `oldest` are not judged: their rows may have been trimmed.
    """
    columns = [r.id for r in records], [r.event_id for r in records], [r.sequence for r in records]
    return [records[row["nth"]] for row in await connection.fetch(UNKNOWN, *columns, oldest)]
