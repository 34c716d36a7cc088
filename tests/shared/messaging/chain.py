"""Two services in this process on real servers: one takes orders by HTTP and tells, the other listens and tells."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from fastapi import Response
from prometheus_client.parser import text_string_to_metric_families

from shared import db
from shared.errors import Problem
from shared.http import Call, Router, authority
from shared.messaging.record import Record
from shared.messaging.requests import Command
from shared.messaging.tx import Cause, Tx
from shared.policy import Policies
from shared.service import App, Service, web
from shared.settings import Settings
from tests.shared.messaging.commands import Done, Order
from tests.shared.messaging.play import ECHOES, TABLES, Echoed, Happened, Play
from tests.until import until


async def order(tx: Tx, causes: Sequence[Cause[Order]]) -> None:
    """What is ordered has happened."""
    for cause in causes:
        if cause.body.label.startswith("no"):
            tx.refuse(cause, Problem(409, "not-possible", "Not possible"))
            continue
        told = Happened(subject=cause.body.label[0], label=cause.body.label, tells=("s",))
        tx.tell(told, cause=cause)
        tx.answer(cause, Done(label=cause.body.label, before=0), 201)


ORDER = Command("order", order)
routes = Router()


@routes.post("/orders/{number}", dependencies=[authority.public()])
async def post_order(call: Call, number: str, body: Order) -> Response:
    """Order something."""
    return await call.run(ORDER, body)


@dataclass
class Chain:
    """The services, and the way in, through and out."""

    first: App
    second: App
    play: Play
    bootstrap: str
    prefix: str

    async def order(self, label: str, **headers: str) -> httpx.Response:
        """Order by HTTP."""
        return await post(self.first, label, **headers)

    async def send(self, *records: Record) -> None:
        """Put records into topics as they are."""
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap)
        await producer.start()
        for r in records:
            place = {"partition": r.partition, "key": r.key, "headers": list(r.headers)}
            await producer.send(self.prefix + r.topic, r.value, **place)
        await producer.stop()

    async def echoes(self, count: int) -> list[ConsumerRecord]:
        """So many records of what the second service tells."""
        partitions = [TopicPartition(self.prefix + ECHOES.name, n) for n in range(ECHOES.partitions)]
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap)
        await consumer.start()
        found: list[ConsumerRecord] = []

        async def all_there() -> bool:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found.extend(records)
            return len(found) >= count

        try:
            consumer.assign(partitions)
            await consumer.seek_to_beginning()
            await until(all_there, 20)
        finally:
            await consumer.stop()
        return found


async def post(app: App, label: str, **headers: str) -> httpx.Response:
    """Order by HTTP."""
    key = {"idempotency-key": str(uuid.uuid4())}
    async with client(app) as http:
        return await http.post(f"/orders/{uuid.uuid4()}", json={"label": label}, headers=key | headers)


def client(app: App) -> httpx.AsyncClient:
    """A caller of a service."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(web(app)), base_url="http://service")


async def scraped(app: App) -> dict[tuple[str, ...], float]:
    """What Prometheus reads: (name, label values sorted by label name ...) -> value."""
    async with client(app) as http:
        answer = await http.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@asynccontextmanager
async def running(service: Service, **settings: Any) -> AsyncIterator[App]:
    """A service of this test, with all its roles, on a migrated database."""
    made = Settings(issuer="", session_timeout_ms=6_000, shutdown_seconds=3.0, **settings)
    app = App(service, made, await db.open_pool(made.database_url, 6, service.name), Policies({}))
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


@asynccontextmanager
async def chain(one: str, other: str, bootstrap: str, prefix: str) -> AsyncIterator[Chain]:
    """Both services over two databases, once they are ready."""
    connection = await asyncpg.connect(other)
    await connection.execute(TABLES)
    await connection.close()
    play, common = Play(), {"kafka": bootstrap, "topic_prefix": prefix}
    second = Service("second", tells=(Echoed,), listens=play.listens)
    async with (
        running(Service("first", tells=(Happened,), routes=routes), database_url=one, **common) as app,
        running(second, database_url=other, **common) as other_app,
    ):
        await until(lambda: _ready(app, other_app), 60)
        yield Chain(app, other_app, play, bootstrap, prefix)


async def _ready(*apps: App) -> bool:
    return not any([await app.health() for app in apps])
