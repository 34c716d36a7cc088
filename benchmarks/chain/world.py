"""The four services on topics and databases of their own, a district of 5,000, submissions, and what became of them."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import asyncpg
import psutil

from benchmarks import pace
from benchmarks.stage import Stage, new_prefix
from deploy.local import district, wire
from deploy.local.process import Records, memory_megabytes
from deploy.local.stack import SERVICES, Stack, replica
from deploy.local.temporary import temporary_folder
from shared.events.directory import EmployeeRecorded
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted
from tests.until import came_true, until

SOURCE = "urn:bench:office"
OFFICERS, TEAM = 5_000, 20
DAYS = 25
"""A report comes within 30 days after the service."""
WARM = 200
LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 300.0
EXAMINED = """SELECT count(*) FROM delivery
WHERE state = 'accepted' AND changed_at >= $1 AND what = 'examined' AND channel = 'inbox'"""
UNDER_WAY = "SELECT EXISTS (SELECT FROM delivery WHERE state IN ('pending', 'claimed', 'sending'))"
DONE = """SELECT correlation_id AS complaint, extract(epoch FROM max(changed_at))::float8 AS at
FROM delivery WHERE state = 'accepted' AND changed_at >= $1 GROUP BY correlation_id"""
COMPLAINTS = "SELECT source_event_id AS submission, complaint_id FROM complaint WHERE filed_at >= $1"
TOLD = "SELECT count(*) FROM outbox"
SIZE = "SELECT pg_database_size(current_database())"

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@dataclass(slots=True)
class World:
    """A running chain. `began`: the seconds that its services took until they were ready."""

    stage: Stage
    prefix: str
    processes: dict[str, psutil.Process]
    databases: Mapping[str, Connection]
    officers: Sequence[EmployeeRecorded]
    start_seconds: float
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def kafka(self) -> str:
        """The broker's address."""
        return self.stage.stack.kafka

    def megabytes(self) -> dict[str, float]:
        """The memory of each process (PSS)."""
        return {name: memory_megabytes(process.pid) for name, process in self.processes.items()}

    def submissions(self, count: int) -> list[pace.Record]:
        """About different officers and days, so that hardly one joins another's incident."""
        return [pace.record(self._letter(n), self.prefix, keyed=False) for n in itertools.islice(self.numbers, count)]

    def _letter(self, n: int) -> wire.Letter:
        day = datetime.now(UTC).date() - timedelta(days=1 + n // len(self.officers) % DAYS)
        body = ComplaintSubmitted(
            category="undue_delay",
            text="The document was promised for last week.",
            employee_id=self.officers[n % len(self.officers)].employee_id,
            occurred_on=day,
        )
        return wire.Letter(body, str(uuid.uuid4()), SOURCE, datetime.now(UTC))

    async def send(self, count: int, dues: Sequence[float]) -> Sent:
        """Submit at the given seconds from now on; returns when the broker has all."""
        since = datetime.now(UTC)
        return Sent(self, since, await pace.send(self.kafka, self.submissions(count), dues))

    async def told(self) -> int:
        """Events told so far by all services."""
        return sum([await connection.fetchval(TOLD) for connection in self.databases.values()])

    async def bytes(self) -> int:
        """What the databases take."""
        return sum([await connection.fetchval(SIZE) for connection in self.databases.values()])


@dataclass(frozen=True, slots=True)
class Sent:
    """Submissions by their ids, with their intended moments (seconds since 1970)."""

    world: World
    since: datetime
    due: Mapping[str, float]

    async def done(self, patience: float = PATIENCE_SECONDS) -> dict[str, float]:
        """When the last delivery of each was recorded; waits until all is quiet. What never was is left out."""
        await came_true(self._quiet, patience, LOOK_SECONDS)
        return await self._read()

    async def seconds(self, patience: float = PATIENCE_SECONDS) -> list[float]:
        """How long each took, from when it was to be sent. Raises AssertionError where one never ended."""
        ended = await self.done(patience)
        missing = len(self.due) - len(ended)
        assert missing == 0, f"{missing} of {len(self.due)} submissions have no record at the end of the chain"
        return [ended[one] - moment for one, moment in self.due.items()]

    async def _quiet(self) -> bool:
        notifications = self.world.databases["notifications"]
        examined = await notifications.fetchval(EXAMINED, self.since)
        return examined >= len(self.due) and not await notifications.fetchval(UNDER_WAY)

    async def _read(self) -> dict[str, float]:
        databases = self.world.databases
        rows = await databases["complaints"].fetch(COMPLAINTS, self.since - timedelta(seconds=1))
        of = {str(row["complaint_id"]): row["submission"] for row in rows}
        ended = await databases["notifications"].fetch(DONE, self.since)
        found = {of[row["complaint"]]: row["at"] for row in ended if row["complaint"] in of}
        return {one: at for one, at in found.items() if one in self.due}


@asynccontextmanager
async def world(stage: Stage, replicas: int = 1) -> AsyncIterator[World]:
    """A chain that knows its district and has worked a little."""
    urls = {name: await stage.database(name) for name in SERVICES}
    prefix, kafka = new_prefix(), stage.stack.kafka
    await wire.ensure(kafka, FRONTOFFICE, prefix)
    people = _people()
    places = [one for one in district.read() if not isinstance(one, EmployeeRecorded)]
    await district.load(kafka, [*places, *people], prefix)
    began = time.monotonic()
    async with (
        temporary_folder("chain") as folder,
        Stack(
            folder, kafka=kafka, databases=urls, environment={"SALOR_TOPIC_PREFIX": prefix}, replicas=replicas
        ) as stack,
        AsyncExitStack() as open_ones,
    ):
        took = time.monotonic() - began
        databases = {}
        for name, url in urls.items():
            databases[name] = await asyncpg.connect(url)
            open_ones.push_async_callback(databases[name].close)
        officers = [one for one in people if one.superior_id is not None]
        made = World(stage, prefix, _processes(stack, replicas), databases, officers, took)
        await until(lambda: _known(databases["notifications"]), seconds=PATIENCE_SECONDS)
        await (await made.send(WARM, [0.0] * WARM)).seconds()
        yield made


def _people() -> list[EmployeeRecorded]:
    """One in so many leads a team."""
    ids = [uuid.uuid5(uuid.NAMESPACE_OID, f"officer {n}") for n in range(OFFICERS)]
    return [
        EmployeeRecorded(
            employee_id=one,
            version=1,
            name=f"Pegawai {n}",
            email="",
            unit="kecamatan",
            position="Pelaksana",
            superior_id=None if n % TEAM == 0 else ids[n - n % TEAM],
        )
        for n, one in enumerate(ids)
    ]


async def _known(notifications: Connection) -> bool:
    return bool(await notifications.fetchval("SELECT count(*) FROM person") >= OFFICERS)


def _processes(stack: Stack, replicas: int) -> dict[str, psutil.Process]:
    records = Records(stack.folder / "run")
    names = [replica(service, ordinal) for service in SERVICES for ordinal in range(replicas)]
    found = {name: records.read(name) for name in names}
    return {name: psutil.Process(record.pid) for name, record in found.items() if record}
