"""The hop by hand: one process that consumes, runs one SQL call a partition, and relays. `python -m` runs it.

Addresses and topics come from BENCH_... in the environment. It holds one event per key of its output, as the hop does.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import uuid
from collections.abc import Sequence
from typing import Any

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from benchmarks.limit import relay

BATCH = """SELECT limit_batch($1, $2, $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::uuid[],
    $9::uuid[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14, $15, $16)"""
BUCKETS = 1024
IN, OUT, PREFIX = (os.environ.get(f"BENCH_{name}", "") for name in ("IN_TOPIC", "OUT_TOPIC", "PREFIX"))


async def main() -> None:
    """Consume and relay until SIGTERM."""
    pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE"], min_size=5, max_size=5)
    kafka = os.environ["BENCH_KAFKA"]
    told = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(relay.run(pool, kafka, PREFIX, told))
        group.create_task(_consume(pool, kafka, told))


async def _consume(pool: asyncpg.Pool[asyncpg.Record], kafka: str, told: asyncio.Event) -> None:
    consumer = AIOKafkaConsumer(
        PREFIX + IN,
        bootstrap_servers=[kafka],
        group_id=f"{PREFIX}limit-{OUT}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=20,
    )
    await consumer.start()
    while True:
        by_partition = await consumer.getmany(timeout_ms=20, max_records=2000)
        await asyncio.gather(*(_batch(pool, at, records) for at, records in by_partition.items()))
        if by_partition:
            told.set()


async def _batch(pool: asyncpg.Pool[asyncpg.Record], at: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
    keys, sequences, ids, complaints, officers, made, event_ids, payloads, correlations = _columns(records)
    names = {int.from_bytes(hashlib.blake2b(o.encode(), digest_size=4).digest()) % BUCKETS for o in officers}
    await pool.execute(
        BATCH, IN, OUT, sorted(set(keys)), sorted(names), keys, sequences, ids, complaints, officers, made,
        event_ids, payloads, correlations, IN, at.partition, records[-1].offset + 1,
    )  # fmt: skip


def _columns(records: Sequence[ConsumerRecord]) -> list[list[Any]]:
    return [list(column) for column in zip(*map(_row, records), strict=True)]


def _row(record: ConsumerRecord) -> tuple[object, ...]:
    headers = dict(record.headers)
    body = json.loads(record.value)
    cause = headers["ce_id"].decode()
    made = str(uuid.UUID(bytes=hashlib.sha256(f"evaluation {cause}".encode()).digest()[:16]))
    event_id = uuid.UUID(bytes=hashlib.sha256(f"{cause} opened".encode()).digest()[:16])
    payload = (
        f'{{"evaluation_id":"{made}","complaint_id":"{body["complaint_id"]}","incident_id":"{body["complaint_id"]}",'
        f'"employee_id":"{body["employee_id"]}","visibility":"open"}}'
    )
    correlation = headers.get("ce_correlationid", b"").decode() or cause
    return (
        record.key.decode(), int(headers["ce_sequence"]), cause, body["complaint_id"], body["employee_id"],
        made, event_id, payload, correlation,
    )  # fmt: skip


if __name__ == "__main__":
    uvloop.run(main())
