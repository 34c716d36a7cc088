"""Consumers of one service on a real broker, over the one database of the test."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.record.util import calc_crc32c

from shared.messaging import topics
from shared.messaging.brokers import Brokers
from shared.messaging.consumer import Consumer
from shared.messaging.record import Record
from shared.settings import Settings
from tests.shared.messaging.play import HISTORY, LETTERS, STATES
from tests.shared.messaging.world import Replica, World
from tests.until import until


class Group:
    """The topics of the test, and the members that read them."""

    def __init__(self, world: World, bootstrap: str, prefix: str) -> None:
        self.world, self.bootstrap, self.prefix = world, bootstrap, prefix
        self.producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=2_000_000)

    async def provision(self) -> None:
        await topics.provision(Brokers([self.bootstrap]), self.prefix, [HISTORY, STATES, LETTERS], 1)

    async def send(self, records: Iterable[Record]) -> None:
        """Records as they are, into the partition that they name."""
        for record in records:
            place = {"partition": record.partition, "key": record.key, "headers": list(record.headers)}
            await self.producer.send(self.prefix + record.topic, record.value, **place)
        await self.producer.flush()

    async def send_unreadable(self, record: Record) -> None:
        """A record with one more header, whose name is not UTF-8. The client writes none: it is forged."""
        batch = self.producer.create_batch()
        headers = [*record.headers, ("name", b"")]
        batch.append(timestamp=None, key=record.key, value=record.value, headers=headers)
        batch.close()
        built = batch._build()
        built[:] = built.replace(b"\x08name", b"\x08na\xffe")
        struct.pack_into(">I", built, 17, calc_crc32c(bytes(built[21:])))
        await (await self.producer.send_batch(batch, self.prefix + record.topic, partition=record.partition))

    @asynccontextmanager
    async def member(
        self, name: str = "service", replica: Replica | None = None, **more: Any
    ) -> AsyncIterator[Consumer]:
        """A process of a service, once it has its partitions (with `joined=False`: at once)."""
        joined = more.pop("joined", True)
        replica = replica or await self.world.replica()
        options = {"session_timeout_ms": 6_000, "breaker_seconds": 0.2, **more}
        settings = Settings(
            database_url="", kafka=self.bootstrap, issuer="", topic_prefix=self.prefix, shutdown_seconds=2.0, **options
        )
        replica.inbox.breaker.limit = settings.breaker_keys
        consumer = Consumer(name, settings, replica.inbox)
        await consumer.start()
        try:
            if joined:
                await until(lambda: bool(consumer.positions) and not consumer.trouble(), 20)
            yield consumer
        finally:
            await consumer.stop()

    async def rewind(self, name: str = "service") -> None:
        """Set the group's committed offsets to 0, as an operator would by hand."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, group_id=self.prefix + name)
        await consumer.start()
        partitions = [TopicPartition(self.prefix + HISTORY.name, n) for n in range(HISTORY.partitions)]
        consumer.assign(partitions)
        await consumer.commit(dict.fromkeys(partitions, 0))
        await consumer.stop()

    async def recreate(self, topic: str) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            await admin.delete_topics([self.prefix + topic])

            async def gone() -> bool:
                return self.prefix + topic not in await admin.list_topics()

            await until(gone)
        finally:
            await admin.close()
        await self.provision()

    async def applied(self, name: str, labels: list[str], seconds: float = 10) -> None:
        """Until a trail is just this."""
        await until(lambda: self.is_applied(name, labels), seconds)

    async def is_applied(self, name: str, labels: list[str]) -> bool:
        """Whether a trail is just this."""
        return await self.world.trail(name) == labels
