"""A service's runner on a real database, without Kafka: events go in with right sequences, what is told comes out."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from shared import db, policy
from shared.events import TYPES, Event, Kind
from shared.messaging.inbox import Inbox
from shared.messaging.record import Record, read
from shared.messaging.requests import Call, Command, Requests
from shared.messaging.runner import Runner
from shared.messaging.sweeper import Sweeper
from shared.messaging.timers import Clockwork
from shared.service import Service

TOLD = "SELECT topic, key, sequence, type, payload, correlation_id FROM outbox ORDER BY id"


def record_of(
    event: Event, sequence: int, *, event_id: str | None = None, source: str = "urn:test", offset: int = 0
) -> Record:
    """An event as a Kafka record, in the binary form of CloudEvents."""
    texts = {
        "ce_specversion": "1.0",
        "ce_id": event_id or str(uuid.uuid4()),
        "ce_source": source,
        "ce_type": event.type,
        "ce_time": datetime.now(UTC).isoformat(),
        "content-type": "application/json",
    }
    if event.topic.kind is not Kind.STRANGER:
        texts["ce_sequence"] = str(sequence)
    headers = [(name, value.encode()) for name, value in texts.items()]
    return Record(event.topic.name, 0, offset, event.key.encode(), headers, event.model_dump_json().encode())


class Bench:
    """One service over one database. `bench.told()` gives the events told, in the order of the outbox."""

    def __init__(self, service: Service, settings: Any, pool: db.Pool, policies: policy.Policies) -> None:
        self.service, self.settings, self.pool, self.policies = service, settings, pool, policies
        self.runner = Runner(pool, settings, policies)
        self.inbox = Inbox(self.runner, service.listens)
        self.requests = Requests(self.runner, 100)
        self.clockwork = Clockwork(self.runner, service.timers)
        self.sequences: Counter[tuple[str, str]] = Counter()
        self.offset = 0

    async def events(self, events: Sequence[Event], *, one_by_one: bool = False) -> list[Record]:
        """Run events as one batch (or one by one), each with the next sequence of its key. Gives their records."""
        records = [self.record(event) for event in events]
        for lot in [[r] for r in records] if one_by_one else [records]:
            await self.records(lot)
        return records

    def record(self, event: Event) -> Record:
        """The record of an event that takes the next sequence of its key (a state's version is its sequence)."""
        place = (event.topic.name, event.key)
        self.sequences[place] += 1
        self.offset += 1
        sequence = getattr(event, "version", self.sequences[place])
        return record_of(event, sequence, offset=self.offset)

    async def records(self, records: Sequence[Record]) -> None:
        """Run records, as often and in whatever order a test likes."""
        await self.inbox.settle([read(record) for record in records])

    async def sweep(self) -> None:
        """Drain what was parked and has become possible."""
        await Sweeper(self.inbox).sweep()

    async def command(
        self, command: Command, body: BaseModel, *, principal: str = "public", key: str | None = None
    ) -> tuple[int, bytes]:
        """Run a command; gives its status and answer. Raises Problem where it is refused."""
        call = Call(command, body, principal, key or str(uuid.uuid4()))
        await self.requests.settle([call])
        answer, _ = await call.outcome
        return answer.status, answer.body

    async def timers(self, now: datetime | None = None) -> int:
        """Fire all that is due, at `now` or by the database's clock. Gives how many."""
        fired = 0
        while lot := await self.clockwork.fire(now):
            fired += lot
        return fired

    async def told(self, kind: type[Event] | None = None) -> list[Event]:
        """The events told so far, of one kind or of all."""
        rows = await self.pool.fetch(TOLD)
        events = [TYPES[row["type"]].model_validate_json(row["payload"]) for row in rows]
        return [event for event in events if kind is None or isinstance(event, kind)]


@asynccontextmanager
async def bench(service: Service, url: str, **settings: Any) -> AsyncIterator[Bench]:
    """A bench on a migrated database; `settings` are the service's own."""
    made = service.settings(**{"database_url": url, "kafka": "", "issuer": "", **settings})
    pool = await db.open_pool(url, 8, "test")
    try:
        async with pool.acquire() as connection:
            policies = await policy.load(connection, service.folder / "policy", service.policies)
        yield Bench(service, made, pool, policies)
    finally:
        await pool.close()
