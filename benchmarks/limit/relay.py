"""The relay by hand: the same windows and cursor, and idempotent `acks=all` batches. `python -m` runs it alone."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence

import asyncpg
import uvloop
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

SNAPSHOT = "SELECT pg_current_snapshot()::text"
WINDOW = """SELECT id, topic, key, sequence, event_id, type, at, correlation_id, causation_id, payload FROM outbox
WHERE id > $4 AND ((xid >= pg_snapshot_xmax($1::text::pg_snapshot) AND xid < pg_snapshot_xmax($2::text::pg_snapshot))
    OR xid = ANY(ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot))))
    AND pg_visible_in_snapshot(xid, $2::text::pg_snapshot)
ORDER BY id LIMIT $3"""
SAVE = "UPDATE relay SET since = $1, until = $2, last_id = $3 WHERE name = 'outbox'"
LOT = 500
BATCH_BYTES = 2**20
PARTITION_OF = DefaultPartitioner()
SAVE_SECONDS = 0.1


async def run(pool: asyncpg.Pool[asyncpg.Record], kafka: str, prefix: str, told: asyncio.Event) -> None:
    """Send what the outbox holds, for ever."""
    producer = AIOKafkaProducer(
        bootstrap_servers=[kafka], acks="all", enable_idempotence=True, linger_ms=0, max_batch_size=BATCH_BYTES
    )
    await producer.start()
    async with pool.acquire() as connection:
        await connection.execute("SET enable_seqscan = off")
        await _pump(connection, producer, prefix, told)


async def _pump(
    connection: asyncpg.pool.PoolConnectionProxy[asyncpg.Record],
    producer: AIOKafkaProducer,
    prefix: str,
    told: asyncio.Event,
) -> None:
    since, until, last, saved = "1:1:", "1:1:", 0, 0.0
    while True:
        told.clear()
        rows = await connection.fetch(WINDOW, since, until, LOT, last)
        if rows:
            await _send(producer, prefix, rows)
            last = rows[-1]["id"]
            if time.monotonic() - saved > SAVE_SECONDS:
                await connection.execute(SAVE, since, until, last)
                saved = time.monotonic()
        if len(rows) < LOT:
            present = await connection.fetchval(SNAPSHOT)
            if present == until:
                await _wait(told)
            else:
                since, until, last = until, present, 0


async def _send(producer: AIOKafkaProducer, prefix: str, rows: Sequence[asyncpg.Record]) -> None:
    """A lot, one batch for each partition."""
    partitions = {topic: sorted(await producer.partitions_for(prefix + topic)) for topic in {r["topic"] for r in rows}}
    batches: dict[tuple[str, int], BatchBuilder] = {}
    for row in rows:
        topic, key = row["topic"], row["key"].encode()
        place = topic, PARTITION_OF(key, partitions[topic], partitions[topic])
        if place not in batches:
            batches[place] = producer.create_batch()
        taken = batches[place].append(timestamp=None, key=key, value=row["payload"].encode(), headers=_headers(row))
        assert taken, "a lot of the bench is far smaller than a batch may be"
    sent = [await producer.send_batch(batch, prefix + topic, partition=n) for (topic, n), batch in batches.items()]
    await asyncio.gather(*sent)


def _headers(row: asyncpg.Record) -> list[tuple[str, bytes]]:
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(row["event_id"]).encode()),
        ("ce_source", b"urn:salor:evaluation"),
        ("ce_type", row["type"].encode()),
        ("ce_time", row["at"].isoformat().encode()),
        ("ce_subject", row["key"].encode()),
        ("ce_sequence", str(row["sequence"]).encode()),
        ("ce_correlationid", row["correlation_id"].encode()),
        ("ce_causationid", row["causation_id"].encode()),
        ("ce_outboxid", str(row["id"]).encode()),
        ("content-type", b"application/json"),
    ]


async def _wait(told: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(0.02):
            await told.wait()
    except TimeoutError:
        return


async def main() -> None:
    """Relay alone."""
    pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE"], min_size=1, max_size=1)
    await run(pool, os.environ["BENCH_KAFKA"], os.environ["BENCH_PREFIX"], asyncio.Event())


if __name__ == "__main__":
    uvloop.run(main())
