"""One hop: a batch of given events through the inbox, then the relay until its outbox is empty."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from statistics import median
from typing import Any

from aiokafka import AIOKafkaProducer

from benchmarks import hop_service
from benchmarks.counters.tally import Tally, heard, wal
from benchmarks.hop import letter
from deploy.local import wire
from shared.events.evaluation import EVALUATIONS
from shared.messaging.brokers import Brokers
from shared.messaging.record import Record
from shared.messaging.relay import Relay
from shared.messaging.relay.send import producer_to
from shared.messaging.signal import Signal
from tests.support import Bench, bench

LOT, OFFICERS = 500, 100
WARM, ROUNDS = 2, 5
"""Of the rounds the middle one counts: a split page makes one dearer."""
SEED = 20260302
LEASE_SECONDS = 600.0


async def one_hop(database: str, kafka: str, prefix: str) -> dict[str, float]:
    """The counters of a hop on a database (with the tables of `hop_service`) and topics of its own."""
    await wire.ensure(kafka, EVALUATIONS, prefix)
    draw = Random(SEED)
    async with (
        bench(hop_service.service, database) as at,
        _relay(at, kafka, prefix) as relay,
        heard(at.pool) as inbox,
        wal(database) as written,
    ):
        rounds = [await _round(at, relay, inbox, written, draw) for _ in range(WARM + ROUNDS)]
    return middle(rounds[WARM:])


def middle(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The median of each counter."""
    return {name: median(one[name] for one in rounds) for name in rounds[0]}


async def _round(at: Bench, relay: Counted, inbox: Tally, written: Any, draw: Random) -> dict[str, float]:
    trips = inbox.trips
    await at.records(_records(draw, 1))
    alone = inbox.trips - trips
    await relay.drain()

    trips, wal_before = inbox.trips, await written()
    await at.records(_records(draw, LOT))
    together, wal_bytes = inbox.trips - trips, await written() - wal_before

    trips, requests, sent = relay.tally.trips, relay.tally.requests, relay.tally.bytes
    await relay.send(LOT)
    return {
        "hop: round trips of a batch of 1": alone,
        f"hop: round trips of a batch of {LOT}": together,
        f"hop: bytes of WAL an event, in a batch of {LOT}": round(wal_bytes / LOT, 1),
        f"relay: round trips for {LOT} rows": relay.tally.trips - trips,
        f"relay: requests to Kafka for {LOT} rows": relay.tally.requests - requests,
        "relay: bytes of a record, its key and its headers": round((relay.tally.bytes - sent) / LOT, 1),
    }


def _records(draw: Random, count: int) -> list[Record]:
    """Events with the same ids in every run, so that keys, and so their partitions, are the same."""
    return [_record(draw, n) for n in range(count)]


def _record(draw: Random, n: int) -> Record:
    def made() -> uuid.UUID:
        return uuid.UUID(int=draw.getrandbits(128), version=4)

    one = letter(uuid.UUID(int=n % OFFICERS, version=4), datetime(2026, 3, 2, tzinfo=UTC), made)
    body = one.event.model_dump_json().encode()
    return Record(one.event.topic.name, 0, n, one.event.key.encode(), one.headers(), body)


@dataclass(frozen=True, slots=True)
class Counted:
    """A relay that is moved step by step."""

    relay: Relay
    connection: Any
    producer: AIOKafkaProducer
    lease: Any
    tally: Tally

    async def send(self, rows: int) -> None:
        """Until so many more are sent."""
        wanted = self.relay.sent + rows
        while self.relay.sent < wanted:
            await self.relay.step(self.connection, self.producer, self.lease)

    async def drain(self) -> None:
        """Until the outbox has no more. How often it is looked at is a matter of time, as a saved cursor is news."""
        before = None
        while await self.relay.step(self.connection, self.producer, self.lease) or before != self.lease.cursor:
            before = self.lease.cursor


@asynccontextmanager
async def _relay(at: Bench, kafka: str, prefix: str) -> AsyncIterator[Counted]:
    tally, brokers = Tally(), Brokers([kafka])
    relay = Relay(at.pool, brokers, prefix, Signal(), LEASE_SECONDS, [EVALUATIONS.name])
    producer = producer_to(brokers)
    async with at.pool.acquire() as connection:
        lease = await relay.take(connection)
        assert lease is not None, "nobody else relays here"
        await relay.look(connection, lease)
        await producer.start()
        tally.hear(producer)
        connection.add_query_logger(tally.query)
        try:
            yield Counted(relay, connection, producer, lease, tally)
        finally:
            connection.remove_query_logger(tally.query)
            await producer.stop()
