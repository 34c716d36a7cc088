"""The servers of a run, fresh databases and topics for each measurement, and the processes that are measured."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.process import Records
from deploy.local.program import ROOT
from deploy.local.stack import Stack
from deploy.local.temporary import temporary_folder
from shared.events import Topic
from tests.servers import Templates

LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 120.0


@dataclass(slots=True)
class Stage:
    """A Kafka and a PostgreSQL of our own."""

    stack: Stack
    templates: Templates

    async def database(self, service: str | None, sql: str = "") -> str:
        """The address of a fresh database, migrated; `sql` is run in it."""
        url = self.templates.url(await self.templates.clone(service))
        if sql:
            connection = await asyncpg.connect(url)
            await connection.execute(sql)
            await connection.close()
        return url

    def processes(self) -> dict[str, psutil.Process]:
        """The servers' processes."""
        records = Records(self.stack.folder / "run")
        found = {name: records.read(name) for name in ("kafka", "postgres")}
        return {name: psutil.Process(record.pid) for name, record in found.items() if record}


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A stage for one run; gone afterwards."""
    async with temporary_folder("bench") as folder:
        stack = Stack(folder, programs=[])
        await stack.start("kafka", "postgres", "issuer")
        templates = Templates(stack.postgres_url())
        try:
            yield Stage(stack, templates)
        finally:
            await templates.close()
            await stack.stop()


def new_prefix() -> str:
    """Goes before the topics and groups of one measurement."""
    return f"b{uuid.uuid4().hex[:8]}."


def salor_environment(at: Stage, database: str, prefix: str, roles: str) -> dict[str, str]:
    """The settings of a service of ours."""
    return {
        "SALOR_DATABASE_URL": database,
        "SALOR_KAFKA": at.stack.kafka,
        "SALOR_TOPIC_PREFIX": prefix,
        "SALOR_ISSUER": at.stack.issuer,
        "SALOR_ROLES": roles,
        "SALOR_INSTANCE": "0",
        "SALOR_POOL_SIZE": "5",
    }


def bare_environment(at: Stage, database: str, prefix: str, **more: str) -> dict[str, str]:
    """The settings of a process that is not ours: of the limit or of a peer."""
    named = {"database": database, "kafka": at.stack.kafka, "prefix": prefix, **more}
    return {f"BENCH_{name.upper()}": value for name, value in named.items()}


@asynccontextmanager
async def process(module: str, environment: Mapping[str, str]) -> AsyncIterator[psutil.Process]:
    """A process of ours, stopped afterwards."""
    inherited = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        env={**inherited, **environment},
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # a terminal's interrupt is ours, who then end it
    )
    try:
        yield psutil.Process(started.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            started.terminate()
            started.send_signal(signal.SIGCONT)  # one that sleeps heeds nothing else: an interrupt may find it so
        await started.wait()


def cpu_seconds(process: psutil.Process) -> float:
    """CPU of a process and its children, dead ones too."""
    times = process.cpu_times()
    own = times.user + times.system + times.children_user + times.children_system
    living = 0.0
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            living += sum(child.cpu_times()[:2])
    return float(own + living)


class Ends:
    """How many records topics hold, asked of the broker."""

    def __init__(self, consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> None:
        self.consumer, self.partitions = consumer, partitions

    async def offsets(self) -> dict[int, int]:
        """The end of each partition."""
        return {at.partition: end for at, end in (await self.consumer.end_offsets(self.partitions)).items()}

    async def count(self) -> int:
        """Records so far."""
        return sum((await self.offsets()).values())

    async def reach(self, count: int, measured: psutil.Process) -> float:
        """Wait until there are so many; gives the moment (monotonic seconds). Raises AssertionError if it never is."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (so_far := await self.count()) < count:
            alive = measured.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline
            assert alive, f"{so_far} of {count} after {PATIENCE_SECONDS:.0f} s, or the measured process ended"
            await asyncio.sleep(LOOK_SECONDS)
        return time.monotonic()


@asynccontextmanager
async def ends(kafka: str, prefix: str, topic: Topic) -> AsyncIterator[Ends]:
    """Watch a topic's length."""
    consumer = AIOKafkaConsumer(bootstrap_servers=[kafka])
    await consumer.start()
    try:
        yield Ends(consumer, [TopicPartition(prefix + topic.name, n) for n in range(topic.partitions)])
    finally:
        await consumer.stop()
