"""Sending rows of the outbox as CloudEvents, and what the broker's refusals mean."""

import asyncio
from collections.abc import Sequence

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.messaging.brokers import Brokers, refusal
from shared.messaging.relay.lease import Lost, Offsets
from shared.telemetry import traces

PARTITION_OF = DefaultPartitioner()
"""The number of a key's partition, as Java's client has it."""
Batch = tuple[tuple[str, int], BatchBuilder]
"""Records for one partition of a topic (without the prefix), in their order."""
BATCH_BYTES = 2**17
"""Far below what a topic takes; of the client's own 16 KiB, a partition's share of a lot would be two batches."""


def producer_to(brokers: Brokers) -> AIOKafkaProducer:
    """An idempotent producer, not started; it is good for one owner and until the first error."""
    return AIOKafkaProducer(
        **brokers.options,
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        max_batch_size=BATCH_BYTES,
        metadata_max_age_ms=60_000,
    )


async def send(
    producer: AIOKafkaProducer, prefix: str, rows: Sequence[asyncpg.Record], before: Offsets, seconds: float
) -> Offsets:
    """Send rows, those of a partition as one batch. Gives the offsets after the last of each partition.

    By then all replicas have every record.
    Raises TimeoutError after `seconds` (an idempotent producer's futures do not expire by themselves), and Lost where
    the records do not lie right behind `before`: somebody else writes to these topics.
    """
    with traces.sends([(r["topic"], r["traceparent"]) for r in rows]) as spans:
        async with asyncio.timeout(seconds):
            batches = await _batches(producer, prefix, rows, spans)
            sent = [await producer.send_batch(batch, prefix + topic, partition=n) for (topic, n), batch in batches]
            acknowledged = await asyncio.gather(*sent)
    after: Offsets = {}
    for (place, batch), answer in zip(batches, acknowledged, strict=True):
        if answer.offset != after.get(place, before.get(place, answer.offset)):
            raise Lost(f"other records in {place} among those of this relay")
        after[place] = answer.offset + batch.record_count()
    return after


async def _batches(
    producer: AIOKafkaProducer, prefix: str, rows: Sequence[asyncpg.Record], spans: Sequence[str | None]
) -> list[Batch]:
    """The rows as batches: sent one by one, each would have a future, and half of the relay's time would go there."""
    numbers = {topic: sorted(await producer.partitions_for(prefix + topic)) for topic in {r["topic"] for r in rows}}
    batches: list[Batch] = []
    filling: dict[tuple[str, int], BatchBuilder] = {}
    for row, span in zip(rows, spans, strict=True):
        topic, key = row["topic"], row["key"].encode()
        place = topic, PARTITION_OF(key, numbers[topic], numbers[topic])
        record = {"timestamp": None, "key": key, "value": row["payload"].encode(), "headers": headers(row, span)}
        if place not in filling or filling[place].append(**record) is None:  # it is full
            filling[place] = producer.create_batch()
            filling[place].append(**record)
            batches.append((place, filling[place]))
    return batches


def what_to_do(error: BaseException) -> str:
    """What a person has to do about a failure; nothing where trying again can help."""
    if isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
        return "the broker refuses a record for its size: set max.message.bytes of the topic to 1 MiB"
    return refusal(error)


def headers(row: asyncpg.Record, traceparent: str | None = None) -> list[tuple[str, bytes]]:
    """The CloudEvents headers of an outbox row (Kafka protocol binding, binary mode), and its place in a trace."""
    at = row["at"].isoformat(timespec="microseconds").replace("+00:00", "Z")
    given = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(row["event_id"]).encode()),
        ("ce_source", f"urn:salor:{row['type'].split('.')[3]}".encode()),
        ("ce_type", row["type"].encode()),
        ("ce_time", at.encode()),
        ("ce_subject", row["key"].encode()),
        ("ce_sequence", str(row["sequence"]).encode()),
        ("ce_correlationid", row["correlation_id"].encode()),
        ("ce_causationid", row["causation_id"].encode()),
        ("ce_outboxid", str(row["id"]).encode()),
        ("content-type", b"application/json"),
    ]
    return [*given, ("traceparent", traceparent.encode())] if traceparent else given
