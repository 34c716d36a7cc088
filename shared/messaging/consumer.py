"""The Kafka edge: a FastStream batch subscriber on all topics of a service. The position is the database's.

Kafka's committed offsets follow in the background, for lag tools and autoscaling; nothing depends on them.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from typing import Any

import structlog
from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER

from shared.messaging.failures import patiently
from shared.messaging.inbox import Inbox
from shared.messaging.record import Record, read
from shared.settings import Settings

log = structlog.get_logger()

POSITIONS = """SELECT topic, partition, next_offset FROM position
WHERE (topic, partition) IN (SELECT * FROM unnest($1::text[], $2::int[]))"""
REVOKED_SECONDS = 5.0
"""How long a revoked partition's batch may go on before it rolls back."""
COMMIT_SECONDS = 5.0
FETCH_MS = 20
"""A long poll delays a partition's hand-over by its whole length, and a lone event with it."""
POLL_MS = 10
"""FastStream sleeps blindly for as long again after an empty poll."""


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """Feeds each partition's records to the inbox, side by side, from where the database says."""

    def __init__(self, name: str, settings: Settings, inbox: Inbox) -> None:
        self.inbox = inbox
        self.prefix = settings.topic_prefix
        self.topics = [topic.name for topic in inbox.listens.topics]
        self.positions: dict[TopicPartition, int] = {}
        self.running: dict[TopicPartition, asyncio.Task[None]] = {}
        self.broker = KafkaBroker(
            settings.kafka.split(","),
            allow_auto_create_topics=False,
            logger=logging.getLogger("faststream"),
            graceful_timeout=settings.shutdown_seconds,
        )
        self.subscriber = self.broker.subscriber(
            *(self.prefix + topic for topic in self.topics),
            batch=True,
            group_id=f"{self.prefix}{name}",
            group_instance_id=self._instance(name, settings.instance),
            session_timeout_ms=45_000 if settings.instance is not None else settings.session_timeout_ms,
            heartbeat_interval_ms=min(3_000, settings.session_timeout_ms // 3),
            rebalance_timeout_ms=60_000,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_MS,
            batch_timeout_ms=POLL_MS,
            max_records=settings.batch_records,
            ack_policy=AckPolicy.MANUAL,
            listener=self,
            parser=_parse,
            decoder=_decode,
        )
        self.subscriber(self._consume)

    def _instance(self, name: str, ordinal: str | None) -> str | None:
        """Static membership under a stable ordinal. A member that comes back with another topic is another member."""
        if ordinal is None:
            return None
        topics = hashlib.sha256(",".join(self.topics).encode()).hexdigest()[:8]
        return f"{self.prefix}{name}-{ordinal}-{topics}"

    async def start(self) -> None:
        """Join the group, for as long as it takes the broker to be there."""
        while True:
            try:
                await self.broker.start()
            except (KafkaError, OSError) as error:
                log.warning("waiting_for_kafka", error=type(error).__name__)
                await self.broker.stop()
                await asyncio.sleep(0.5)
            else:
                return

    async def stop(self) -> None:
        """Stop taking, finish what runs, leave."""
        await self.broker.stop()

    async def _consume(self, records: list[ConsumerRecord]) -> None:
        """What the broker has, one transaction a partition side by side; ends when all have ended."""
        by_partition: dict[TopicPartition, list[ConsumerRecord]] = {}
        for record in records:
            by_partition.setdefault(TopicPartition(record.topic, record.partition), []).append(record)
        tasks = [self._start_partition(at, its) for at, its in by_partition.items() if at in self.positions]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start_partition(self, at: TopicPartition, records: Sequence[ConsumerRecord]) -> "asyncio.Task[None]":
        task = asyncio.create_task(self._partition(at, records))
        self.running[at] = task
        task.add_done_callback(lambda _: self.running.pop(at, None))
        return task

    async def _partition(self, at: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
        position = self.positions[at]
        new = [self._read(record) for record in records if record.offset >= position]
        if not new:
            return
        try:
            await self.inbox.settle([read(record) for record in new])
        except Exception:
            log.exception("partition_stopped", topic=at.topic, partition=at.partition)
            await asyncio.sleep(1.0)
            self._kafka.seek(at, position)
            raise
        if at in self.positions:
            self.positions[at] = new[-1].offset + 1

    def _read(self, record: ConsumerRecord) -> Record:
        topic = record.topic.removeprefix(self.prefix)
        return Record(topic, record.partition, record.offset, record.key, record.headers, record.value)

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Give the batches of revoked partitions some seconds to commit; then they roll back."""
        running = [self.running[at] for at in revoked if at in self.running]
        for at in revoked:
            self.positions.pop(at, None)
        if running:
            _, late = await asyncio.wait(running, timeout=REVOKED_SECONDS)
            for task in late:
                task.cancel()

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Start where the database says: pause before the first await, seek, resume last."""
        if not assigned:
            return
        consumer = self._kafka
        consumer.pause(*assigned)
        stored: dict[TopicPartition, int] = {}

        async def load() -> None:
            stored.update(await self._stored(assigned))

        await patiently(load)
        for at in assigned:
            consumer.seek(at, stored.get(at, 0))
            self.positions[at] = stored.get(at, 0)
        consumer.resume(*assigned)

    async def _stored(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        names = [at.topic.removeprefix(self.prefix) for at in partitions]
        rows = await self.inbox.runner.pool.fetch(POSITIONS, names, [at.partition for at in partitions])
        return {TopicPartition(self.prefix + r["topic"], r["partition"]): r["next_offset"] for r in rows}

    async def follow(self) -> None:
        """Let Kafka's committed offsets follow the database's positions."""
        committed: dict[TopicPartition, int] = {}
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            moved = {at: to for at, to in self.positions.items() if to and committed.get(at) != to}
            if not moved:
                continue
            try:
                async with asyncio.timeout(COMMIT_SECONDS):
                    await self._kafka.commit(moved)
            except (KafkaError, TimeoutError, AttributeError) as error:
                log.info("offsets_not_committed", error=type(error).__name__)
            else:
                committed.update(moved)

    @property
    def _kafka(self) -> Any:
        """aiokafka's consumer; there from the first rebalance on."""
        return self.subscriber.consumer

    @property
    def is_ready(self) -> bool:
        """Whether the group has been joined and every assigned partition has its position."""
        consumer = self.subscriber.consumer
        return bool(self.broker.running and consumer is not None and set(consumer.assignment()) == set(self.positions))


async def _parse(message: tuple[ConsumerRecord, ...]) -> KafkaMessage:
    """The raw records and nothing else, so that no header or body can fail a batch."""
    return KafkaMessage(body=list(message), raw_message=message, consumer=FAKE_CONSUMER)


async def _decode(message: KafkaMessage) -> list[Any]:
    return list(message.raw_message)
