"""A real Apache Kafka: a KRaft node from its published jars, on loopback."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from base64 import urlsafe_b64encode
from functools import cached_property
from pathlib import Path

from aiokafka.client import AIOKafkaClient

from deploy.local import jars
from deploy.local.chosen import HOST, Chosen
from deploy.local.java import Java, choose
from deploy.local.process import replace
from deploy.local.program import Program, Progress
from deploy.local.trouble import Trouble

HERE = Path(__file__).resolve().parent
LOCAL = HERE.parents[1] / ".local"
# C1 only and the serial collector: starts in half the time, and a broker of this size needs no more.
FLAGS = ("-Xms128m", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xlog:disable", "-Xlog:all=error")
GRACE, GRACE_RECORDING = 10.0, 40.0  # the first stop of all also writes the class archive: 4 s (Java 17), 7 s (25)
SETTINGS = """\
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@{host}:{controller}
log.dirs={data}
# one node: what is usually three is one
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
offsets.topic.num.partitions=4
# groups form at once, and an offset commit does not wait for company
group.initial.rebalance.delay.ms=0
group.coordinator.append.linger.ms=0
# of its 128 MB, taken at start, a district needs little
log.cleaner.dedupe.buffer.size=8388608
# a topic that nobody provisioned is a mistake
auto.create.topics.enable=false
# a transaction that its sender left open holds up all readers of the partition
transaction.max.timeout.ms=60000
# after SIGKILL the same node is let in again in 4 s instead of 14
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""


class Kafka:
    """The broker of a data folder; `local` has the jars, and the class archive that any folder's broker can use.

    `settings` is what its server.properties is made of. With `joins` it is a further node of that one's cluster, to
    be started after it, with ports and settings under a `name` of its own.
    """

    def __init__(
        self,
        folder: Path,
        chosen: Chosen,
        progress: Progress,
        local: Path = LOCAL,
        settings: str = SETTINGS,
        *,
        name: str = "kafka",
        joins: Kafka | None = None,
    ) -> None:
        self.folder, self._chosen, self._progress, self._template = folder, chosen, progress, settings
        self._name, self._joins = name, joins
        self._jars, self._cache = local / "jars", local / "cache"
        self._recording: Path | None = None

    @property
    def address(self) -> str:
        return f"{HOST}:{self._chosen.port(self._name)}"

    def program(self) -> Program:
        return Program(
            name=self._name,
            address=self.address,
            command=self._command,
            ready=self.answers,
            claim=self._claim,
            prepare=self._prepare,
            stopped=self._keep_archive,
            grace=lambda: GRACE_RECORDING if self._recording else GRACE,
            lock=self.folder / "lock",
        )

    async def answers(self) -> bool:
        return await answers(self.address)

    @cached_property
    def _java(self) -> Java:
        java = choose()
        if java.note:
            self._progress(java.note)
        return java

    def _command(self) -> tuple[str, ...]:
        return (*self._machine(), *self._archive(), "kafka.Kafka", str(self._settings))

    def _machine(self) -> tuple[str, ...]:
        log = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
        return (self._java.path, "-cp", jars.classpath(self._jars), log, *FLAGS)

    def _archive(self) -> tuple[str, ...]:
        """Classes as the first run loaded them halve the start. Java 25's own form where there is one, else CDS."""
        new = self._java.version >= 25
        self._recording = None
        if self._kept.exists():
            return (f"-XX:{'AOTCache' if new else 'SharedArchiveFile'}={self._kept}",)
        self._recording = self.folder / "classes"
        self._recording.unlink(missing_ok=True)
        return (f"-XX:{'AOTCacheOutput' if new else 'ArchiveClassesAtExit'}={self._recording}",)

    @cached_property
    def _kept(self) -> Path:
        """Named by all that voids an archive: the Java, the flags, the jars and their times."""
        files = [Path(self._java.path), *(self._jars / jar.name for jar in jars.read())]
        what = [FLAGS, self._java, *((file, file.stat().st_mtime_ns) for file in files)]
        return self._cache / f"kafka-{hashlib.sha256(repr(what).encode()).hexdigest()[:12]}.classes"

    async def _keep_archive(self) -> None:
        if self._recording is not None and self._recording.exists():
            self._cache.mkdir(parents=True, exist_ok=True)
            os.replace(self._recording, self._kept)
        self._recording = None

    def _claim(self) -> None:
        for name in (self._name,) if self._joins else (self._name, "kafka controller"):
            self._chosen.claim(name, self._chosen.port(name))

    @property
    def _settings(self) -> Path:
        return self.folder / "server.properties"

    async def _prepare(self) -> None:
        if not self._jars.is_dir():
            raise Trouble("Kafka's jars are not there: run make demo or make test, which fetch them")
        self.folder.mkdir(parents=True, exist_ok=True)
        ports = {"port": self._chosen.port(self._name), "controller": self._chosen.port("kafka controller")}
        replace(self._settings, self._template.format(host=HOST, data=self.folder / "data", **ports))
        if not self._meta.exists():
            await self._format(self._joins.cluster if self._joins else drawn())

    @property
    def cluster(self) -> str:
        """The id of the cluster that the folder is formatted for."""
        return dict(line.split("=", 1) for line in self._meta.read_text().splitlines() if "=" in line)["cluster.id"]

    @property
    def _meta(self) -> Path:
        return self.folder / "data" / "meta.properties"

    async def _format(self, cluster: str) -> None:
        tool = ("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._settings))
        process = await asyncio.create_subprocess_exec(
            *self._machine(), *tool, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await process.communicate()
        if process.returncode:
            last = said.decode(errors="replace").strip().splitlines()[-1:]
            raise Trouble(f"Kafka could not format {self.folder}: {' '.join(last)}; delete that folder and start again")


def drawn() -> str:
    """An id for a new cluster: 16 bytes, of which the first is below 128, since the tool takes `-...` for an option."""
    return urlsafe_b64encode(bytes((secrets.randbelow(128), *secrets.token_bytes(15)))).decode().rstrip("=")


async def answers(address: str) -> bool:
    """Whether a broker at `address` tells the metadata of a cluster it is part of."""
    host, port = address.rsplit(":", 1)
    _, writer = await asyncio.open_connection(host, int(port))  # aiokafka logs every refusal: ask quietly first
    writer.close()
    client = AIOKafkaClient(bootstrap_servers=[address], request_timeout_ms=2000)
    try:
        await client.bootstrap()
        return bool(client.cluster.brokers())
    finally:
        await client.close()
