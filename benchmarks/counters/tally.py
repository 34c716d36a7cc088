"""Counting at the clients: statements at a connection of asyncpg, requests and bytes at a producer of aiokafka."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder
from asyncpg.connection import LoggedQuery

from shared.db import Pool

UNTIMED = "UPDATE relay SET since"
"""The relay's cursor is saved every 100 ms at most: how often is a matter of time."""
WAL = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"


@dataclass(slots=True)
class Tally:
    """What has been asked so far. Each statement is a round trip; a pool's reset of a connection is one, too."""

    trips: int = 0
    requests: int = 0
    bytes: int = 0

    def query(self, query: LoggedQuery) -> None:
        """Hear of a statement."""
        self.trips += not query.query.startswith(UNTIMED)

    def hear(self, producer: AIOKafkaProducer) -> None:
        """Count a producer's requests, and the bytes of its batches as they go over the wire."""
        request, send = producer.client.send, producer.send_batch

        async def counted_request(node: int, asked: Any, **more: Any) -> Any:
            self.requests += type(asked).__name__.startswith("Produce")
            return await request(node, asked, **more)

        async def counted_send(batch: BatchBuilder, topic: str, *, partition: int) -> Any:
            self.bytes += batch.size()
            return await send(batch, topic, partition=partition)

        producer.client.send, producer.send_batch = counted_request, counted_send


@asynccontextmanager
async def heard(pool: Pool) -> AsyncIterator[Tally]:
    """Count on the connection that a pool gives to one after another."""
    tally = Tally()
    async with pool.acquire() as connection:
        connection.add_query_logger(tally.query)
    yield tally


@asynccontextmanager
async def wal(database: str) -> AsyncIterator[Any]:
    """A question: how many bytes of WAL the server has written so far.

    After a checkpoint a page is written whole once more: so one is made now, and the next is minutes away.
    """
    connection = await asyncpg.connect(database)
    await connection.execute("CHECKPOINT")
    try:
        yield lambda: connection.fetchval(WAL)
    finally:
        await connection.close()
