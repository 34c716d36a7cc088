"""The district as the journeys meet it: a running stack, its people and their year, and the ways to talk to it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Protocol, Self
from zoneinfo import ZoneInfo

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer

from deploy.local import district, records, wire
from deploy.local.demo.timeline import Say, Timeline
from deploy.local.mailsink import Mail
from deploy.local.patience import patience
from shared.certificates import trusted
from shared.clock import WorkingDays
from shared.events import Event, Topic
from shared.events.complaints import SERVICES
from shared.events.frontoffice import ServiceCompleted

ZONE = ZoneInfo("Asia/Jakarta")
COUNTER = "urn:salor-sample:counter-1"
HELD_BACK = ("hasan@salor.example", "bayu@salor.example")  # the last late record of these comes within a journey
PATIENCE = 30.0
COUNTED = "SELECT count(*) FROM seen WHERE stream = $1 AND sequence > 0"
SEEN = "SELECT coalesce(max(sequence), 0) FROM seen WHERE stream = $1 AND key = $2"
WAITING = "SELECT count(*) FROM parked WHERE reason = 'waiting' AND fact_key = $1"


class Reached(Protocol):
    """A running topology as it is reached: the embedded stack's addresses, or those of another one."""

    @property
    def kafka(self) -> str:
        """host:port of the broker."""

    def http(self, service: str) -> str:
        """A service's address."""

    def postgres_url(self, service: str | None = None) -> str:
        """A service's database, as its own role."""

    def mails(self) -> list[Mail]:
        """All mails so far."""

    async def token(self, roles: Sequence[str], sub: str | None = None) -> str:
        """A token of its issuer with these roles and that subject."""


class World:
    """What scenes act on. Everything is said and seen from outside: HTTP, Kafka, the mail ledger, rows where needed."""

    def __init__(self, stack: Reached, plan: records.Plan, prefix: str, say: Say) -> None:
        self.stack, self.plan, self.prefix, self.say = stack, plan, prefix, say
        self.people = district.employees()
        names = {person.employee_id: person.name for person in self.people.values()}
        self.timeline = Timeline(stack.kafka, prefix, names, say)
        self.today = datetime.now(ZONE).date()
        self.made = records.sample(plan, self.today, WorkingDays(ZONE))
        self.held_back = [self.late_record(officer) for officer in HELD_BACK if self._works(officer)]
        self._databases: dict[str, asyncpg.Connection] = {}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Load the district and its year, then follow what happens."""
        async with (
            httpx.AsyncClient(verify=trusted(), trust_env=False, timeout=patience(PATIENCE)) as self.http,
            wire.producer(self.stack.kafka) as self.producer,
        ):
            try:
                await self._prepare()
                async with self.timeline.following():
                    yield self
            finally:
                for connection in self._databases.values():
                    await connection.close()

    async def _prepare(self) -> None:
        began = time.monotonic()
        told = await settle(self.stack, self.http, self.prefix)
        self.say(f"  district: {told} units, services, civil servants and duties, {time.monotonic() - began:.1f} s")
        await self._feed()

    async def _feed(self) -> None:
        held = {record.event.record_id for record in self.held_back}
        made = [record for record in self.made if record.event.record_id not in held]
        fed = await records.feed(self.stack.kafka, made, self.plan.source, self._counted, self.prefix)
        self.say(
            f"  a year of work: {fed.count} records through {ServiceCompleted.topic.name}, sent in"
            f" {fed.sent_seconds:.1f} s, taken in and counted as evidence in {fed.taken_seconds:.1f} s:"
            f" {fed.rate:.0f} a second"
        )

    async def _counted(self) -> int:
        """Service records that evaluation has as evidence: the end of their way."""
        return int(await self.value("evaluation", COUNTED, SERVICES.name))

    def late_record(self, officer: str) -> records.Made:
        """The last late record of an officer's year: what a citizen complains about."""
        employee = self.people[officer].employee_id
        return [record for record in self.made if record.late and record.event.employee_id == employee][-1]

    def _works(self, officer: str) -> bool:
        return any(work.officer == officer for work in self.plan.work)

    async def file(self, body: dict[str, Any], key: uuid.UUID | None = None) -> httpx.Response:
        """File a complaint over HTTP, as a web form does."""
        headers = {"Idempotency-Key": str(key or uuid.uuid4())}
        return await self.http.post(f"{self.stack.http('complaints')}/complaints", json=body, headers=headers)

    async def file_about_everybody(self) -> None:
        """A complaint about each civil servant: events of so many keys that each replica's partitions get some."""
        about = [str(person.employee_id) for person in self.people.values()]
        bodies = [{"category": "undue_delay", "text": "Saya menunggu lama.", "employee_id": one} for one in about]
        for answer in await asyncio.gather(*(self.file(body) for body in bodies)):
            answer.raise_for_status()

    async def send(self, *events: Event) -> list[str]:
        """Send events as a front office does, with no key of Kafka's; gives their ids."""
        letters = [wire.Letter(event, str(uuid.uuid4()), COUNTER, datetime.now(UTC)) for event in events]
        await wire.send(self.producer, letters, self.prefix, keyed=False)
        return [letter.id for letter in letters]

    async def send_raw(self, topic: Topic, body: bytes, kind: type[Event]) -> str:
        """Send a body as it is, under the attributes of an event's type."""
        made, now = str(uuid.uuid4()), datetime.now(UTC)
        headers = wire.headers(kind.type, made, COUNTER, now)
        producer: AIOKafkaProducer = self.producer
        await producer.send_and_wait(self.prefix + topic.name, body, headers=headers)
        return made

    async def get(self, service: str, path: str, roles: Sequence[str] = (), sub: object = None, **more: Any) -> Any:
        """A GET as somebody with a token (or without: no roles); the answer's document."""
        headers = {**more.pop("headers", {})}
        if roles:
            headers["Authorization"] = f"Bearer {await self.stack.token(list(roles), str(sub))}"
        answer = await self.http.get(f"{self.stack.http(service)}{path}", headers=headers, **more)
        answer.raise_for_status()
        return answer.json()

    async def post(
        self, service: str, path: str, body: Any, roles: Sequence[str] = (), sub: object = None, **more: Any
    ) -> Any:
        """A POST, likewise, under an `Idempotency-Key` of its own unless `headers` name one."""
        headers = {"Idempotency-Key": str(uuid.uuid4()), **more.pop("headers", {})}
        if roles:
            headers["Authorization"] = f"Bearer {await self.stack.token(list(roles), str(sub))}"
        answer = await self.http.post(f"{self.stack.http(service)}{path}", json=body, headers=headers, **more)
        answer.raise_for_status()
        return answer.json()

    def mails(self, since: int = 0) -> list[Mail]:
        """The mails that went out, from a place in the ledger on."""
        return self.stack.mails()[since:]

    async def caught_up(self, service: str, topic: Topic, key: object, sequence: int) -> None:
        """Until a service has applied a stream's key up to a sequence: only then does silence mean something."""

        async def reached() -> bool:
            return bool(await self.value(service, SEEN, topic.name, str(key)) >= sequence)

        await eventually(reached, f"{service} has applied {topic.name} {key} up to {sequence}")

    async def waits_for(self, service: str, fact: str, count: int) -> None:
        """Until so many events wait visibly in a service for a fact."""

        async def waits() -> bool:
            return bool(await self.value(service, WAITING, fact) >= count)

        await eventually(waits, f"{count} events wait in {service} for {fact}")

    async def value(self, service: str, sql: str, *arguments: object) -> Any:
        """One value out of a service's database."""
        if service not in self._databases:
            self._databases[service] = await asyncpg.connect(self.stack.postgres_url(service))
        return await self._databases[service].fetchval(sql, *arguments)


async def settle(stack: Reached, http: httpx.AsyncClient, prefix: str = "") -> int:
    """Tell a running topology the sample district, until complaints knows its services; gives how many were told."""

    async def standards_known() -> bool:
        try:
            answer = await http.get(f"{stack.http('complaints')}/services", params={"limit": 200})
        except httpx.TransportError:  # it has just been started, and does not listen yet
            return False
        return answer.is_success and len(answer.json()["items"]) == len(district.services())

    told = await district.load(stack.kafka, district.read(), prefix)
    await eventually(standards_known, "complaints knows the services' standards")
    return told


async def eventually(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Until something holds, asked again and again. Raises TimeoutError that says what did not come."""
    seconds = patience(PATIENCE)
    try:
        async with asyncio.timeout(seconds):
            while not await holds():  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TimeoutError(f"not within {seconds:.0f} s: {what}") from None
