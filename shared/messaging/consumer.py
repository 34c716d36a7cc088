"""The Kafka edge: a FastStream batch subscriber on all topics of a service. The position is the database's.

Kafka's committed offsets follow in the background, for lag tools and autoscaling; nothing depends on them.
"""

import asyncio
import itertools
import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import structlog
from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shared.messaging import positions, topics
from shared.messaging.breaker import BreakerOpen
from shared.messaging.brokers import Brokers
from shared.messaging.client import Unreadable, start
from shared.messaging.failures import heed_cancellation
from shared.messaging.inbox import Inbox, SteppedBack
from shared.messaging.lag import Lag
from shared.messaging.positions import Extent
from shared.messaging.record import Message, Record, read, unreadable
from shared.messaging.subscriber import subscribe
from shared.settings import Settings

log = structlog.get_logger()

REVOKED_SECONDS = 5.0
"""How long a revoked partition's batch may go on before it rolls back."""
ROLLBACK_SECONDS = 1.0
AGAIN_SECONDS = 1.0
"""Before what should not fail, and did, is tried again."""
COMMIT_SECONDS = 5.0
SILENT_SECONDS = 10.0
"""Health: how long the loop may go without a poll, and the broker without an answer."""
LOT_RECORDS = 200
"""Partitions that bring fewer share a transaction: by itself it costs as much as some twenty events."""

Lot: TypeAlias = "Mapping[TopicPartition, Sequence[ConsumerRecord]]"


def lots(polled: Lot, size: int = LOT_RECORDS) -> list[Lot]:
    """What each transaction gets of a poll: whole partitions, together at most `size` records, or one partition."""
    found: list[dict[TopicPartition, Sequence[ConsumerRecord]]] = []
    left = 0
    for at, records in polled.items():
        left -= len(records)
        if left < 0:
            found.append({})
            left = size - len(records)
        found[-1][at] = records
    return list(found)


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """Feeds the records of its partitions to the inbox, from where the database says."""

    def __init__(self, name: str, settings: Settings, inbox: Inbox) -> None:
        self.inbox = inbox
        self.settings = settings
        self.prefix = settings.topic_prefix
        self.brokers = Brokers.of(settings)
        self.topics = [topic.name for topic in inbox.listens.topics]
        self.positions: dict[TopicPartition, int] = {}
        self.lag = Lag()
        self.running: dict[TopicPartition, asyncio.Task[None]] = {}
        self.stuck: dict[TopicPartition, str] = {}
        self._placing: asyncio.Task[None] | None = None
        self._ended = 0.0
        self.broker, self.subscriber = subscribe(name, settings, self.brokers, self.topics, self)
        self.subscriber(self._consume)

    async def start(self) -> None:
        """Join the group, for as long as it takes the broker to be there."""
        while True:
            try:
                await start(self.broker, self.positions)
            except (KafkaError, OSError) as error:
                log.warning("waiting_for_kafka", error=type(error).__name__)
                await self.broker.stop()
                await asyncio.sleep(0.5)
            else:
                return

    async def stop(self) -> None:
        """Stop taking, finish what runs, leave."""
        await self.broker.stop()
        self._cancel_placing()

    async def _consume(self, records: list[ConsumerRecord]) -> None:
        """What the broker has, in lots side by side; ends when all have ended."""
        polled: dict[TopicPartition, list[ConsumerRecord]] = {}
        for record in records:
            at = TopicPartition(record.topic, record.partition)
            if at in self.positions:
                polled.setdefault(at, []).append(record)
        await asyncio.gather(*map(self._start_lot, lots(polled)), return_exceptions=True)

    def _start_lot(self, lot: Lot) -> "asyncio.Task[None]":
        task = asyncio.create_task(self._lot(lot))
        self.running |= dict.fromkeys(lot, task)
        task.add_done_callback(lambda _: [self.running.pop(at, None) for at in lot])
        return task

    async def _lot(self, lot: Lot) -> None:
        """Settle a lot, for as long as it takes and its partitions are ours; no record is ever passed over."""
        while ours := {at: its for at, its in lot.items() if at in self.positions}:
            try:
                await self._settle(ours)
            except Exception as error:
                heed_cancellation(error)
                if len(ours) > 1:  # the trouble of one partition is not that of its neighbours
                    await asyncio.gather(*(self._lot({at: its}) for at, its in ours.items()))
                    return
                await self._stopped(next(iter(ours)), error)
            else:
                break
        for at in lot:
            self.stuck.pop(at, None)
        self._ended = time.monotonic()

    async def _stopped(self, at: TopicPartition, error: Exception) -> None:
        if isinstance(error, BreakerOpen):
            await asyncio.sleep(self.settings.breaker_seconds)
        else:
            log.error("partition_stopped", topic=at.topic, partition=at.partition, exc_info=error)
            self.stuck[at] = type(error).__name__
            await asyncio.sleep(AGAIN_SECONDS)

    async def _settle(self, lot: Lot) -> None:
        new: dict[TopicPartition, list[Message]] = {}
        for at, records in lot.items():
            if records[0].offset != self.positions[at] and await self._is_another_topic(at):
                continue
            if unsettled := self._unsettled(at, records):
                new[at] = unsettled
                self.lag.begin(at, records[-len(unsettled)].timestamp)
        if not new:
            return
        try:
            await self.inbox.settle(list(itertools.chain.from_iterable(new.values())))
        except SteppedBack:
            await self._step_back(list(new))
            return
        for at, settled in new.items():
            self.lag.end(at, lot[at][-1].timestamp)
            if at in self.positions:
                self.positions[at] = settled[-1].record.offset + 1

    def _unsettled(self, at: TopicPartition, records: Sequence[ConsumerRecord]) -> list[Message]:
        """Those from our position on, each with where it starts: a hole before a record belongs to its step."""
        end = self.positions[at]
        new = [self._read(record) for record in records if record.offset >= end]
        for message in new:
            message.start, end = end, message.record.offset + 1
        return new

    async def _is_another_topic(self, at: TopicPartition) -> bool:
        """Whether the topic ends before our position (it was made anew); then it is read from its start."""
        starts = await self._find([at])
        if at not in self.positions or starts[at] >= self.positions[at]:
            return False
        self._read_on(at, starts[at])
        return True

    async def _step_back(self, partitions: Sequence[TopicPartition]) -> None:
        """The database lacks what we had read (another one took its place): read on from where it says."""
        starts = await self._find(partitions)
        for at in starts.keys() & self.positions.keys():
            log.error("position_stepped_back", topic=at.topic, was=self.positions[at], now=starts[at])
            self._read_on(at, starts[at])

    def _read_on(self, at: TopicPartition, offset: int) -> None:
        self.positions[at] = offset
        self._kafka.seek(at, offset)

    def _read(self, record: ConsumerRecord) -> Message:
        topic = record.topic.removeprefix(self.prefix)
        ours = Record(topic, record.partition, record.offset, record.key, record.headers, record.value)
        return unreadable(ours) if isinstance(record, Unreadable) else read(ours)

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Give the batches of revoked partitions some seconds to commit; then they roll back."""
        self._cancel_placing()
        running = [self.running[at] for at in revoked if at in self.running]
        for at in revoked:
            self.positions.pop(at, None)
        if running:
            _, late = await asyncio.wait(running, timeout=REVOKED_SECONDS)
            for task in late:
                task.cancel()
            if late:
                log.warning("batches_rolled_back", partitions=len(late))
                await asyncio.wait(late, timeout=ROLLBACK_SECONDS)

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Start where the database says: pause before the first await, seek, resume last.

        In a task of its own: the heartbeats begin when this returns, and the database may be away for minutes.
        """
        if assigned:
            self._kafka.pause(*assigned)
            self._placing = asyncio.create_task(self._place(list(assigned)))

    def _cancel_placing(self) -> None:
        if self._placing is not None:
            self._placing.cancel()

    async def _place(self, assigned: Sequence[TopicPartition]) -> None:
        while True:
            try:
                self.inbox.cluster = await topics.cluster_id(self.brokers)
                starts = await self._find(assigned)
            except Exception as error:
                heed_cancellation(error)
                log.warning("waiting_for_positions", error=type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                break
        for at in assigned:
            self._read_on(at, starts[at])
        self._kafka.resume(*assigned)

    async def _find(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        firsts, ends = await self._kafka.beginning_offsets(partitions), await self._kafka.ends(partitions)
        names = {at: (at.topic.removeprefix(self.prefix), at.partition) for at in partitions}
        extents = {names[at]: Extent(firsts[at], ends[at]) for at in partitions}
        starts = await positions.find(self.inbox.runner.pool, self.inbox.cluster, extents)
        return {at: starts[names[at]] for at in partitions}

    async def follow(self) -> None:
        """Let Kafka's committed offsets follow the database's positions."""
        committed: dict[TopicPartition, int] = {}
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            try:
                async with asyncio.timeout(COMMIT_SECONDS):
                    settled = await self._settled()
                    moved = {at: to for at, to in settled.items() if to and committed.get(at) != to}
                    if moved:
                        await self._kafka.commit(moved)
            except (KafkaError, TimeoutError, AttributeError) as error:
                log.info("offsets_not_committed", error=type(error).__name__)
            else:
                committed.update(moved)

    async def lags(self) -> dict[str, tuple[int, float]]:
        """(records, seconds) behind, by topic. Raises KafkaError while the broker is away."""
        settled = await self._settled()
        ends = await self._kafka.ends(list(settled)) if settled else {}
        behind = self.lag.read(settled, ends)
        return {topic.removeprefix(self.prefix): lag for topic, lag in behind.items()}

    async def _settled(self) -> dict[TopicPartition, int]:
        """Up to where all is settled: where no batch runs, what the client passes over (aborted records) counts too."""
        passed = {at: await self._kafka.position(at) for at in list(self.positions)}
        return {at: its if at in self.running else max(its, passed.get(at, 0)) for at, its in self.positions.items()}

    @property
    def _kafka(self) -> Any:
        """aiokafka's consumer; there from the first rebalance on."""
        return self.subscriber.consumer

    def trouble(self) -> str:
        """What keeps events from being read or from taking effect; "" while all is well."""
        consumer = self.subscriber.consumer
        if consumer is None or not self.broker.running:
            return "not joined yet"
        if self.inbox.breaker.open:
            return f"stopped: handlers fail on many keys ({', '.join(self.inbox.breaker.open)})"
        if stuck := self.stuck | consumer.failing:
            return "stopped: " + ", ".join(f"{at.topic}/{at.partition} ({why})" for at, why in stuck.items())
        unknown = [topic for topic in consumer.subscription() if not consumer.partitions_for_topic(topic)]
        if unknown:
            return f"no such topic: {', '.join(sorted(unknown))}"
        if set(consumer.assignment()) != set(self.positions):
            return "waiting for partitions"
        return self._silence(consumer)

    def _silence(self, consumer: Any) -> str:
        """Whether the loop, or the broker, has not been heard of lately."""
        # What aiokafka itself measures its poll interval by; it has no public name for it.
        unpolled = consumer._subscription.fetcher_idle_time
        if unpolled > SILENT_SECONDS:
            return f"no poll for {unpolled:.0f} s"
        polled = [stamp for at in self.positions if (stamp := consumer.last_poll_timestamp(at)) is not None]
        quiet = min(time.time() - max(polled) / 1000 if polled else 0.0, time.monotonic() - self._ended)
        return f"the broker has not answered for {quiet:.0f} s" if quiet > SILENT_SECONDS and not self.running else ""
