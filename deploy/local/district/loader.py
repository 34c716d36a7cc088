"""Writes the district to the compacted `directory.v1`: once per version, and never two contents under one version."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from deploy.local import wire
from deploy.local.district.seed import Recorded
from deploy.local.trouble import Trouble
from shared.events.directory import DIRECTORY

SOURCE = "urn:salor:directory"
FENCE = "directory-loader"
NAMESPACE = uuid.UUID("5e6b5a8e-0d1c-4d3e-9a53-3f0c2f6f3f60")
Known = dict[str, tuple[int, object]]


async def load(kafka: str, records: Sequence[Recorded], prefix: str = "", patience: float = wire.PATIENCE) -> int:
    """Send what the topic does not have yet; gives how many were sent.

    A second loader is fenced off by the transactional id: on a compacted topic the last record wins, so a late one
    would do harm. Raises Trouble where a record changed and kept its version, or the broker has not taken them
    after `patience` (s).
    """
    await wire.ensure(kafka, DIRECTORY, prefix)
    async with wire.producer(kafka, prefix + FENCE, patience) as producer:
        fresh = new_ones(records, await _known(kafka, prefix + DIRECTORY.name))
        if fresh:
            async with wire.transaction(producer, patience):
                await wire.send(producer, [_letter(record) for record in fresh], prefix)
    return len(fresh)


def new_ones(records: Iterable[Recorded], known: Known) -> list[Recorded]:
    """The records whose version is above the known one. Raises Trouble for a changed or an older one."""
    fresh = []
    for record in records:
        version, body = known.get(record.key, (0, None))
        if record.version > version:
            fresh.append(record)
        elif record.version < version:
            raise Trouble(f"{record.key} is at version {version} already, not {record.version}: raise it in the seed")
        elif body != record.model_dump(mode="json"):
            raise Trouble(f"{record.key} was changed under version {version}: give the change version {version + 1}")
    return fresh


def _letter(record: Recorded) -> wire.Letter:
    """Its id follows from key and version, so that the same version is the same event."""
    made = str(uuid.uuid5(NAMESPACE, f"{record.key} {record.version}"))
    attributes = {"sequence": str(record.version), "correlationid": made, "causationid": made}
    return wire.Letter(record, made, SOURCE, datetime.now(UTC), attributes)


async def _known(kafka: str, topic: str) -> Known:
    """What the topic holds now, read to its end: per key the version and the content."""
    # not seek_to_beginning: it loses against the reset to the end that `assign` begins
    consumer = AIOKafkaConsumer(
        **wire.brokers(kafka).options, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, n) for n in range(DIRECTORY.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        return _latest([record async for record in _until(consumer, ends)])
    finally:
        await consumer.stop()


async def _until(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> AsyncIterator[ConsumerRecord]:
    open_ends = {partition: end for partition, end in ends.items() if end > 0}
    while open_ends:
        for records in (await consumer.getmany(timeout_ms=50)).values():
            for record in records:
                yield record
        for partition in list(open_ends):
            if await consumer.position(partition) >= open_ends[partition]:
                del open_ends[partition]


def _latest(records: Iterable[ConsumerRecord]) -> Known:
    known: Known = {}
    for record in records:
        headers = dict(record.headers)
        if record.key is not None and record.value is not None:
            known[record.key.decode()] = (int(headers["ce_sequence"]), json.loads(record.value))
    return known
