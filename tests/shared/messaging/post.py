"""The relays' surroundings: a real topic, what is in it, and what a consumer makes of that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.messaging import outbox
from shared.messaging.brokers import Brokers
from shared.messaging.outbox import Cursor
from shared.messaging.relay import Lease, Relay
from shared.messaging.relay.send import send
from shared.messaging.signal import Signal
from tests.shared.messaging.play import ECHOES
from tests.shared.messaging.world import World

LONG = 60.0


class Read(NamedTuple):
    """A record of the topic."""

    key: str
    sequence: int
    event_id: str
    label: str


@dataclass
class Zombie:
    """Wakes late; what its lease has become it does not ask."""

    producer: AIOKafkaProducer
    prefix: str
    rows: list[Any]

    async def send(self) -> None:
        await send(self.producer, self.prefix, self.rows, {}, 20)


class Post:
    """`relay()` is one more replica's relay; `read()` is what is in the topic."""

    def __init__(self, world: World, bootstrap: str, prefix: str, seconds: float = LONG) -> None:
        self.world, self.brokers, self.prefix, self.seconds = world, Brokers([bootstrap]), prefix, seconds

    def relay(self) -> Relay:
        return Relay(self.world.look, self.brokers, self.prefix, Signal(), self.seconds, [ECHOES.name])

    @asynccontextmanager
    async def producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(**self.brokers.options, acks="all", enable_idempotence=True)
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    async def send_all(self, relay: Relay, connection: Any, producer: Any) -> Lease | None:
        """Own the lease, where it can be had, until nothing is left to send. Raises Lost or Restored."""
        lease = await relay.take(connection)
        if lease is None:
            return None
        await relay.look(connection, lease)
        before = None
        while await relay.step(connection, producer, lease) or before != lease.cursor:
            before = lease.cursor
        await lease.save(connection)
        return lease

    @asynccontextmanager
    async def late_relay(self) -> AsyncIterator[Zombie]:
        """A relay that has read all there is to send now, and sends it when it is told to."""
        async with self.world.look.acquire() as connection:
            present = await connection.fetchval("SELECT pg_current_snapshot()::text")
            since = await connection.fetchval("SELECT since FROM relay")
            rows, _ = await outbox.read(connection, Cursor(since, present), 500)
        async with self.producer() as producer:
            yield Zombie(producer, self.prefix, rows)

    async def read(self) -> dict[str, list[int]]:
        """The sequences in the topic, by key, in the order of the topic."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for record in await self.records():
            found[record.key].append(record.sequence)
        return dict(found)

    async def records(self) -> list[Read]:
        """All records, each partition in its order."""
        consumer = AIOKafkaConsumer(**self.brokers.options, fetch_max_wait_ms=20)
        await consumer.start()
        try:
            partitions = [TopicPartition(self.prefix + ECHOES.name, n) for n in range(ECHOES.partitions)]
            consumer.assign(partitions)
            await consumer.seek_to_beginning()
            ends = await consumer.end_offsets(partitions)
            found: list[Read] = []
            for at in partitions:
                while await consumer.position(at) < ends[at]:
                    for records in (await consumer.getmany(at, timeout_ms=200)).values():
                        found += map(_read, records)
            return found
        finally:
            await consumer.stop()


def _read(record: Any) -> Read:
    texts = {name: value.decode() for name, value in record.headers}
    label = record.value.decode().rpartition('"label":"')[2].rstrip('"}')
    return Read(record.key.decode(), int(texts["ce_sequence"]), texts["ce_id"], label)


def applied(sequences: Sequence[int]) -> list[int]:
    """What a consumer applies of them: it drops what it has seen, and a gap would stay parked."""
    seen = 0
    for sequence in sequences:
        assert sequence <= seen + 1, f"{sequence} came after {seen}: an inversion"
        seen = max(seen, sequence)
    return list(range(1, seen + 1))


def effects(records: Sequence[Read]) -> dict[str, list[str]]:
    """The labels that a consumer applies, by key: each event once and in order, or the test fails."""
    seen: defaultdict[str, list[Read]] = defaultdict(list)
    for record in records:
        past = seen[record.key]
        if record.sequence > len(past):
            assert record.sequence == len(past) + 1, f"{record} after {past}: a gap"
            past.append(record)
        assert past[record.sequence - 1].event_id == record.event_id, f"{record} in {past}: a regression"
    for key, past in seen.items():
        ids = [record.event_id for record in past]
        assert len(ids) == len(set(ids)), f"an event of {key} took effect twice: {past}"
    return {key: [record.label for record in past] for key, past in seen.items()}
