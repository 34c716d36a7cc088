"""All records of all topics, as any outside reader would see them; read on from where the last reading ended."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.events import TOPICS
from shared.events.complaints import RECEIPTS

EVERY = tuple(TOPICS.values())


@dataclass(frozen=True, slots=True)
class Told:
    """A record: where it lies, and how its sender names it (empty where that can't be read)."""

    partition: int
    offset: int
    key: str
    id: str
    source: str
    sequence: int


@dataclass(slots=True)
class Topics:
    """What has been read so far, by topic. `ends`: by topic and partition, the offset after the last record."""

    told: dict[str, list[Told]] = field(default_factory=lambda: {topic.name: [] for topic in EVERY})
    receipts: list[dict[str, Any]] = field(default_factory=list)
    ends: dict[TopicPartition, int] = field(default_factory=dict)

    async def read(self, kafka: str) -> None:
        """What has come since."""
        async with reader(kafka) as consumer:
            ends = await consumer.end_offsets(partitions())
            for at in partitions():
                consumer.seek(at, self.ends.get(at, 0))
            left = {at for at in partitions() if self.ends.get(at, 0) < ends[at]}
            while left:
                for at, records in (await consumer.getmany(timeout_ms=100)).items():
                    self._keep(at.topic, [record for record in records if record.offset < ends[at]])
                    self.ends[at] = records[-1].offset + 1
                left = {at for at in left if await consumer.position(at) < ends[at]}
            self.ends.update(ends)

    def _keep(self, topic: str, records: list[ConsumerRecord]) -> None:
        self.told[topic] += [_told(record) for record in records]
        if topic == RECEIPTS.name:
            self.receipts += [json.loads(record.value) for record in records]


def _told(record: ConsumerRecord) -> Told:
    headers = {name: text(value) for name, value in record.headers}
    number = headers.get("ce_sequence", "")
    return Told(
        record.partition,
        record.offset,
        text(record.key),
        headers.get("ce_id", ""),
        headers.get("ce_source", ""),
        int(number) if number.isdecimal() else 0,
    )


def text(value: bytes | None) -> str:
    """As text; empty where it is none."""
    try:
        return (value or b"").decode()
    except UnicodeDecodeError:
        return ""


def partitions() -> list[TopicPartition]:
    """Of every topic of the contracts."""
    return [TopicPartition(topic.name, n) for topic in EVERY for n in range(topic.partitions)]


@asynccontextmanager
async def reader(kafka: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of every topic that belongs to no group."""
    consumer = AIOKafkaConsumer(bootstrap_servers=[kafka], auto_offset_reset="earliest", max_poll_records=5_000)
    await consumer.start()
    try:
        consumer.assign(partitions())
        yield consumer
    finally:
        await consumer.stop()
