"""Sending rows of the outbox as CloudEvents, and what the broker's refusals mean."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError

from shared.messaging.brokers import Brokers, refusal
from shared.messaging.relay.lease import Lost, Offsets
from shared.telemetry import traces


def producer_to(brokers: Brokers) -> AIOKafkaProducer:
    """An idempotent producer, not started; it is good for one owner and until the first error."""
    return AIOKafkaProducer(
        **brokers.options,
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        max_request_size=2**20,
        metadata_max_age_ms=60_000,
    )


async def send(
    producer: AIOKafkaProducer, prefix: str, rows: Sequence[asyncpg.Record], before: Offsets, seconds: float
) -> Offsets:
    """Send rows pipelined. Gives the offsets after the last of each partition, once all replicas have every record.

    Raises TimeoutError after `seconds` (an idempotent producer's futures do not expire by themselves), and Lost where
    the records do not lie right behind `before`: somebody else writes to these topics.
    """
    with traces.sends([(r["topic"], r["traceparent"]) for r in rows]) as spans:
        async with asyncio.timeout(seconds):
            sent = [
                await producer.send(
                    prefix + r["topic"], r["payload"].encode(), r["key"].encode(), headers=headers(r, span)
                )
                for r, span in zip(rows, spans, strict=True)
            ]
            acknowledged = await asyncio.gather(*sent)
    places = [(a.topic.removeprefix(prefix), a.partition) for a in acknowledged]
    after = {place: a.offset + 1 for place, a in zip(places, acknowledged, strict=True)}
    for place, count in Counter(places).items():
        if place in before and after[place] != before[place] + count:
            raise Lost(f"other records in {place} among those of this relay")
    return after


def what_to_do(error: BaseException) -> str:
    """What a person has to do about a failure; nothing where trying again can help."""
    if isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
        return "the broker refuses a record for its size: set max.message.bytes of the topic to 1 MiB"
    return refusal(error)


def headers(row: asyncpg.Record, traceparent: str | None = None) -> list[tuple[str, bytes]]:
    """The CloudEvents headers of an outbox row (Kafka protocol binding, binary mode), and its place in a trace."""
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
    if traceparent:
        texts["traceparent"] = traceparent
    return [(name, value.encode()) for name, value in texts.items()]
