"""The one definition of what runs: demo, `make up` and the tests all use it."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from deploy.local import issuer, mailsink
from deploy.local.chosen import HOST, Chosen
from deploy.local.kafka import LOCAL, SETTINGS, Kafka
from deploy.local.mailsink import Mail
from deploy.local.postgres import Postgres
from deploy.local.program import Program, Progress
from deploy.local.supervisor import Supervisor

SERVICES = ("complaints", "evaluation", "training", "notifications")
DATA = LOCAL / "data"  # of make up


def silent(_: str) -> None:
    """No progress wanted."""


class Stack:
    """A stack in a data folder; its addresses are known before it runs, and stay.

    `supervise` brings back what dies. `kafka` (host:port) and `databases` (an address for each service) name servers
    that run elsewhere; the stack then starts none of its own. `environment` is added to that of the services,
    `programs` run in place of the services. Of each service run `replicas` (`evaluation`, `evaluation-2`, ...), as
    `static` members of their consumer groups (by ordinal) or as dynamic ones. `modules` names what is run in place of
    a program's own module: a module, and the arguments that go before the usual ones. `kafka_settings` is what the
    broker's server.properties is made of, `more_kafka` those of further nodes of its cluster by name.
    """

    def __init__(
        self,
        folder: Path = DATA,
        *,
        progress: Progress = silent,
        supervise: bool = False,
        kafka: str | None = None,
        databases: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        programs: Sequence[Program] | None = None,
        replicas: int = 1,
        static: bool = True,
        modules: Mapping[str, Sequence[str]] | None = None,
        kafka_settings: str = SETTINGS,
        more_kafka: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._chosen = Chosen(self.folder)
        self._environment = dict(environment or {})
        self._other_kafka, self._other_databases = kafka, databases
        self._replicas, self._static = replicas, static
        self._modules = dict(modules or {})
        self._kafka = Kafka(self.folder / "kafka", self._chosen, progress, settings=kafka_settings)
        self._more_kafka = [
            Kafka(self.folder / name, self._chosen, progress, settings=settings, name=name, joins=self._kafka)
            for name, settings in (more_kafka or {}).items()
        ]
        self._postgres = Postgres(self.folder / "postgres", self._chosen, SERVICES)
        listed = [*self._servers(), *(self._services() if programs is None else programs)]
        self._supervisor = Supervisor(self.folder, listed, revive=supervise, progress=progress)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, *names: str) -> None:
        """Until all of it (or of the named programs) is ready, else Trouble, with all stopped again."""
        await self._supervisor.start(*names)

    async def stop(self) -> None:
        """Services first, then the servers."""
        await self._supervisor.stop()

    async def end_orphans(self) -> None:
        """What a killed supervisor left running."""
        await self._supervisor.end_orphans()

    async def restart(self, name: str) -> None:
        await self._supervisor.restart(name)

    async def kill(self, name: str) -> None:
        await self._supervisor.kill(name)

    @property
    def programs(self) -> list[Program]:
        return self._supervisor.programs

    @property
    def kafka(self) -> str:
        return self._other_kafka or self._kafka.address

    @property
    def issuer(self) -> str:
        return f"http://{HOST}:{self._chosen.port('issuer')}"

    @property
    def smtp(self) -> tuple[str, int]:
        return HOST, self._chosen.port("mailsink")

    @property
    def mail_ledger(self) -> Path:
        return self.folder / "mailsink" / "ledger.jsonl"

    def mails(self) -> list[Mail]:
        return mailsink.read(self.mail_ledger)

    @property
    def token_keys(self) -> Path:
        """Where the issuer keeps the keys that it signs tokens with."""
        return self.folder / "issuer" / "key.json"

    def postgres_url(self, service: str | None = None) -> str:
        """Of a service's database, as its own role; without a service, the administrator's of our own server."""
        if service and self._other_databases:
            return self._other_databases[service]
        return self._postgres.url(service)

    def http(self, service: str) -> str:
        """The address of a service's first replica, or of the program of that name."""
        return f"http://{HOST}:{self._chosen.port(service)}"

    async def token(self, roles: Sequence[str], sub: str | None = None) -> str:
        """From the running issuer; a random subject if none is named."""
        secret = self.client_secret(issuer.DEVELOPER)
        return await issuer.fetch_token(self.issuer, secret, list(roles), sub or str(uuid.uuid4()))

    def pss_megabytes(self) -> float:
        return self._supervisor.megabytes()

    def log(self, name: str) -> Path:
        return self._supervisor.keepers[name].log

    def _servers(self) -> list[Program]:
        servers = [] if self._other_kafka else [kafka.program() for kafka in (self._kafka, *self._more_kafka)]
        servers += [] if self._other_databases else [self._postgres.program()]
        return [*servers, self._mailsink(), self._issuer()]

    def _mailsink(self) -> Program:
        port = self._chosen.port("mailsink")
        command = self._python("mailsink", "deploy.local.mailsink", "--port", port, "--ledger", self.mail_ledger)
        return self._listening("mailsink", f"{HOST}:{port}", command, lambda: mailsink.answers(port))

    def _issuer(self) -> Program:
        clients = {name: self.client_secret(name) for name in (*SERVICES, issuer.DEVELOPER)}
        options = ("--port", self._chosen.port("issuer"), "--key", self.token_keys)
        command = self._python("issuer", "deploy.local.issuer", *options)
        ready = partial(ok, f"{self.issuer}/.well-known/openid-configuration")
        return self._listening("issuer", self.issuer, command, ready, env={"SALOR_CLIENTS": json.dumps(clients)})

    def _services(self) -> list[Program]:
        return [self._service(name, ordinal) for name in SERVICES for ordinal in range(self._replicas)]

    def _service(self, service: str, ordinal: int) -> Program:
        name = replica(service, ordinal)
        instance = {"SALOR_INSTANCE": str(ordinal)} if self._static else {}
        env = {**self._service_environment(service, name), **instance, **self._environment}
        ready = partial(ok, f"{self.http(name)}/health/ready")
        command = self._python(service, f"services.{service}")
        return self._listening(name, self.http(name), command, ready, env=env, stage=1)

    def _listening(
        self, name: str, address: str, command: tuple[str, ...], ready: Callable[[], Awaitable[bool]],
        env: Mapping[str, str] | None = None, stage: int = 0,
    ) -> Program:  # fmt: skip
        claim = partial(self._chosen.claim, name, self._chosen.port(name))
        return Program(name, lambda: command, ready, address, stage, env or {}, claim)

    def _service_environment(self, service: str, name: str) -> dict[str, str]:
        environment = {
            "SALOR_DATABASE_URL": self.postgres_url(service),
            "SALOR_KAFKA": self.kafka,
            "SALOR_HTTP_HOST": HOST,
            "SALOR_HTTP_PORT": str(self._chosen.port(name)),
            "SALOR_ROLES": "api,events,relay,timers",
            "SALOR_ISSUER": self.issuer,
            "SALOR_CLIENT_SECRET": self.client_secret(service),
            "SALOR_POOL_SIZE": "5",  # a connection costs PostgreSQL 4 MB; more bring nothing on two cores
        }
        return environment | self._own(service)

    def _own(self, service: str) -> dict[str, str]:
        """What only one service needs."""
        if service == "complaints":
            # The names under which a data folder of before rotation keeps its secrets.
            keys = ("SALOR_RECEIPT_KEY", "SALOR_REPORTER_KEY")
            secrets = {f"{key}S": self._chosen.secret(key, digits=64) for key in keys}
            return {**secrets, "SALOR_WEBHOOK_PRIVATE": "true"}  # an office under development listens on loopback
        if service == "notifications":
            host, port = self.smtp
            return {
                "SALOR_SMTP_HOST": host,
                "SALOR_SMTP_PORT": str(port),
                "SALOR_COMPLAINTS_URL": self.http("complaints"),
            }
        return {}

    def _python(self, name: str, module: str, *options: object) -> tuple[str, ...]:
        """The command of a program: its own module, or what is run in place of it."""
        started = self._modules.get(name, (module,))
        return (sys.executable, "-m", *started, *(str(option) for option in options))

    def client_secret(self, name: str) -> str:
        """What a service or `developer` shows to the issuer."""
        return self._chosen.secret(f"client {name}")


def replica(service: str, ordinal: int) -> str:
    """The name of a replica's program: the first is called as the service is."""
    return service if ordinal == 0 else f"{service}-{ordinal + 1}"


async def ok(url: str) -> bool:
    """Whether a GET is answered with 200; by hand, since a client costs more than the question."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        return (await reader.readline()).split()[1:2] == [b"200"]
    finally:
        writer.close()
