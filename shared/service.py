"""A service as one process: what it tells, listens to and offers, and the roles that run it."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import structlog
import uvicorn
import uvloop
from aiokafka.errors import KafkaError, KafkaTimeoutError
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared import db, http, policy, process
from shared.auth import OwnTokens, Verifier
from shared.clock import WorkingDays
from shared.dependencies import Dependencies
from shared.errors import SetupError
from shared.events import Event, Topic
from shared.messaging import topics
from shared.messaging.brokers import Brokers, refusal
from shared.messaging.consumer import Consumer
from shared.messaging.failures import is_transient
from shared.messaging.inbox import Inbox
from shared.messaging.listens import Listens
from shared.messaging.relay import Relay
from shared.messaging.requests import Requests
from shared.messaging.retention import Retention, terms
from shared.messaging.runner import Runner
from shared.messaging.strangers import Strangers
from shared.messaging.sweeper import Sweeper
from shared.messaging.timers import Clockwork, Timers
from shared.operator import api as operator
from shared.policy import Policies, Policy
from shared.settings import Settings, read
from shared.telemetry import logs, traces
from shared.telemetry.scrape import Scrape
from shared.telemetry.tables import Look
from shared.telemetry.watch import Watch

T = TypeVar("T")
log = structlog.get_logger()
OPERATIONS_LIMIT = 50
AGAIN_SECONDS, REFUSED_SECONDS = 0.5, 5.0
SERVICES = Path(__file__).parent.parent / "services"


@dataclass(frozen=True, slots=True)
class Service:
    """The table of contents of a service.

    `loops` run under the role `timers`; `prepare` runs once at every start, after the migrations (it loads seeds);
    `looks` are gauges that its own tables add to `/metrics`.
    """

    name: str
    tells: Sequence[type[Event]] = ()
    listens: Listens = field(default_factory=Listens)
    routes: APIRouter = field(default_factory=APIRouter)
    timers: Timers = field(default_factory=Timers)
    policies: Mapping[str, type[Policy]] = field(default_factory=dict)
    settings: type[Settings] = Settings
    looks: Sequence[Look] = ()
    loops: Sequence[Callable[["App"], Awaitable[None]]] = ()
    prepare: Callable[["App"], Awaitable[None]] | None = None

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return SERVICES / self.name


class App:
    """A running service: its pool, its runner and its doors."""

    def __init__(self, service: Service, settings: Any, pool: db.Pool, policies: Policies) -> None:
        self.service = service
        self.settings = settings
        self.pool = pool
        self.policies = policies
        self.brokers = Brokers.of(settings)
        self.runner = Runner(pool, settings, policies)
        self.inbox = Inbox(self.runner, service.listens)
        self.requests = Requests(self.runner, settings.queue_limit)
        # An operator's act may wait for a key or run a handler: alone, and in nobody's way.
        self.operations = Requests(self.runner, OPERATIONS_LIMIT, lot=1)
        self.strangers = Strangers(self.inbox, settings.queue_limit)
        self.clockwork = Clockwork(self.runner, service.timers)
        self.verifier = Verifier(settings.issuer, settings.audience)
        self.tokens = OwnTokens(settings.issuer, service.name, settings.client_secret)
        self.dependencies = Dependencies()
        self.consumer: Consumer | None = None
        self.relay: Relay | None = None
        self.refused = ""
        self.scrape = Scrape(self)
        self.tasks: dict[str, asyncio.Task[None]] = {}

    @classmethod
    async def open(cls, service: Service, settings: Any) -> "App":
        """Migrate, load the policies, open the pool. Waits while the database is away. Raises SetupError."""
        await _patiently(lambda: db.migrate(settings.database_url, service.name))
        pool = await _patiently(lambda: db.open_pool(settings.database_url, settings.pool_size, service.name))
        policies = await _patiently(lambda: _policies(service, settings, pool))
        # The table of holidays takes half a second to build: now, not while the first event waits for it.
        WorkingDays(settings.zone).is_working(datetime.now(settings.zone).date())
        app = cls(service, settings, pool, policies)
        if service.prepare is not None:
            prepare = service.prepare
            await _patiently(lambda: prepare(app))
        return app

    async def start(self) -> None:
        """Start the roles that the settings pick. The topics are provisioned first."""
        roles = set(self.settings.roles)
        self._spawn("loop delay", self.scrape.watch_loop())
        if "api" in roles:
            self._spawn("requests", self.requests.run())
            self._spawn("operations", self.operations.run())
            self._spawn("strangers", self.strangers.run())
            keys = self.dependencies.watch("issuer", self.verifier.refresh, self.settings.keys_seconds)
            self._spawn("issuer's keys", keys)
        if "timers" in roles:
            self._spawn("timers", self.clockwork.run())
            retention = Retention(self.pool, terms(self.settings, self.service.listens.topics))
            self._spawn("retention", retention.run())
            for loop in self.service.loops:
                self._spawn(f"loop {loop.__name__}", loop(self))
        if roles & {"events", "relay"}:
            self._spawn("kafka", self._kafka(roles))

    async def _kafka(self, roles: set[str]) -> None:
        told = {event.topic.name: event.topic for event in self.service.tells}
        heard = {topic.name: topic for topic in self.service.listens.topics}
        wanted = [*{**told, **heard}.values()]
        await _patiently(lambda: self._provision(wanted))
        if "relay" in roles and told:
            seconds = self.settings.relay_lease_seconds
            prefix = self.settings.topic_prefix
            self.relay = Relay(self.pool, self.brokers, prefix, self.runner.told, seconds, told)
            self._spawn("relay", self.relay.run())
        if "events" in roles and heard:
            self.consumer = Consumer(self.service.name, self.settings, self.inbox)
            self._spawn("sweeper", Sweeper(self.inbox).run())
            await self.consumer.start()
            self._spawn("offsets", self.consumer.follow())

    async def _provision(self, wanted: Sequence[Topic]) -> None:
        try:
            await topics.provision(self.brokers, self.settings.topic_prefix, wanted, self.settings.replication)
        except (KafkaError, OSError) as error:
            self.refused = refusal(error)
            raise
        self.refused = ""

    def _spawn(self, name: str, work: Any) -> None:
        self.tasks[name] = task = asyncio.create_task(work, name=name)
        task.add_done_callback(_report)

    async def stop(self) -> None:
        """Stop taking, finish the batch, commit, leave."""
        if self.consumer is not None:
            await self.consumer.stop()
        for task in self.tasks.values():
            task.cancel()
        if self.tasks:
            await asyncio.wait(self.tasks.values(), timeout=self.settings.shutdown_seconds / 4)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(3.0):
                await self.pool.close()

    async def health(self) -> dict[str, str]:
        """What is wrong, by part, so that this process is not ready; nothing when all is well."""
        wrong = {name: "ended" for name, task in self.tasks.items() if task.done() and name != "kafka"}
        kafka = self.tasks.get("kafka")
        if kafka is not None and (not kafka.done() or kafka.exception() is not None):
            wrong["kafka"] = (self.refused or "not joined yet") if not kafka.done() else "failed"
        elif self.consumer is not None and (trouble := self.consumer.trouble()):
            wrong["events"] = trouble
        if self.relay is not None and self.relay.wrong:
            wrong["relay"] = self.relay.wrong
        try:
            async with asyncio.timeout(2.0):
                await self.pool.fetchval("SELECT 1")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            wrong["database"] = type(error).__name__
        return wrong


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("task_failed", task=task.get_name(), exc_info=task.exception())


async def _policies(service: Service, settings: Settings, pool: db.Pool) -> Policies:
    more = settings.policy_folder and settings.policy_folder / service.name
    async with pool.acquire() as connection:
        return await policy.load(connection, service.folder / "policy", service.policies, more)


async def _patiently(act: Callable[[], Awaitable[T]]) -> T:
    """Repeat while the database or the broker is away, or refuses what an administrator can grant: said once."""
    said = None
    while True:
        try:
            return await act()
        except (KafkaError, OSError, TimeoutError, asyncpg.PostgresError) as error:
            name, refused = type(error).__name__, refusal(error)
            passes = refused or isinstance(error, KafkaTimeoutError)
            fatal = isinstance(error, KafkaError) and not (error.retriable or passes)
            if fatal or (isinstance(error, asyncpg.PostgresError) and not is_transient(error)):
                raise
            if said != (name, refused):
                log.warning("waiting_to_start", error=name, **({"refused": refused} if refused else {}))
            said = name, refused
        await asyncio.sleep(REFUSED_SECONDS if refused else AGAIN_SECONDS)


def doors(service: Service, *, api: bool = True, lifespan: Any = None) -> FastAPI:
    """The HTTP side of a service before a process stands behind it: its routes (unless not `api`) and its contract."""
    made = FastAPI(
        title=f"Salor: {service.name}",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    http.install(made)
    if api:
        for router in (service.routes, *operator.ROUTERS):
            made.router.routes.extend(router.routes)  # FastAPI looks for a route of an included router twice
    return made


def web(app: App) -> FastAPI:
    """The HTTP side of a running service: its doors (with routes under the role `api`), health and metrics."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await app.start()
        yield
        await app.stop()

    made = doors(app.service, api="api" in app.settings.roles, lifespan=lifespan)
    made.state.app = app
    made.add_middleware(Watch, metrics=app.runner.metrics)

    @made.get("/health/live", include_in_schema=False, dependencies=[http.authority.public()])
    async def live() -> JSONResponse:
        return JSONResponse({"live": True})

    @made.get("/health/ready", include_in_schema=False, dependencies=[http.authority.public()])
    async def ready() -> JSONResponse:
        wrong = await app.health()
        degraded = app.dependencies.troubles()
        return JSONResponse({"ready": not wrong, "wrong": wrong, "degraded": degraded}, 503 if wrong else 200)

    @made.get("/metrics", include_in_schema=False, dependencies=[http.authority.public()])
    async def metrics(request: Request) -> Response:
        text, content_type = await app.scrape.read(request.headers.get("accept", ""))
        return Response(text, media_type=content_type)

    return made


async def _serve(service: Service) -> None:
    settings = read(service.settings)
    app = await App.open(service, settings)
    config = uvicorn.Config(
        web(app),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
    )
    await process.Server(config, settings.shutdown_seconds).serve()


def main(service: Service) -> None:
    """Run a service until SIGTERM. Exit code 2, with one line, where the set-up is wrong."""
    logs.configure(service.name)
    traces.configure(service.name)
    process.leave_on_sigterm()
    try:
        uvloop.run(_serve(service))
    except SetupError as error:
        sys.stderr.write(f"{service.name}: {error}\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
