"""A service of the play behind a real HTTP server, on the stage's database, with a sweeper; and operators to it."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from deploy.local.stack import Stack
from shared.messaging.brokers import Brokers
from shared.messaging.sweeper import Sweeper
from shared.messaging.timers import Timers
from shared.messaging.tx import Cause, Tx
from shared.operator.cli import main
from shared.service import App, Service, web
from shared.settings import Settings
from tests.shared.messaging.conftest import group, stage, test_events, world
from tests.shared.messaging.members import Group
from tests.shared.messaging.play import Echoed, Happened, Poisoned
from tests.shared.messaging.world import World
from tests.until import until

__all__ = ["group", "stage", "test_events", "world"]


@dataclass
class Counter:
    """A running service; `operator` asks it as an operator, under `url` anybody may."""

    app: App
    url: str
    operator: httpx.AsyncClient

    async def act(self, path: str, *, once: str = "", **body: Any) -> httpx.Response:
        """Do something, for a reason, under a key of its own or the one that is given."""
        headers = {"Idempotency-Key": once or str(uuid.uuid4())}
        return await self.operator.post(f"/operator{path}", json={"reason": "a test", **body}, headers=headers)

    async def show(self, path: str, **query: Any) -> Any:
        answer = await self.operator.get(f"/operator{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def counter(world: World, issuer: Stack) -> AsyncIterator[Counter]:
    timers = Timers()

    @timers.at("remind")
    async def remind(tx: Tx, causes: Sequence[Cause[str]]) -> None:
        if any(cause.body in world.play.poison for cause in causes):
            raise Poisoned

    service = Service(name="play", tells=(Happened, Echoed), listens=world.play.listens, timers=timers)
    settings = Settings(database_url=world.url, kafka="127.0.0.1:9", issuer=issuer.issuer, roles=("api",))
    app = await App.open(service, settings)
    world.start(Sweeper(app.inbox).run())
    server = uvicorn.Server(uvicorn.Config(web(app), port=0, log_level="error"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    token = {"Authorization": f"Bearer {await issuer.token(['operator'], 'ria')}"}
    async with httpx.AsyncClient(base_url=url, headers=token, trust_env=False) as operator:
        yield Counter(app, url, operator)
    server.should_exit = True
    await serving


@pytest.fixture
async def topics(counter: Counter, group: Group) -> Group:
    """The real broker behind the running service, which reads nothing of it by itself."""
    counter.app.settings = counter.app.settings.model_copy(update={"topic_prefix": group.prefix})
    counter.app.brokers = Brokers([group.bootstrap])
    return group


Salor = Callable[..., Any]


@pytest.fixture
async def salor(counter: Counter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Salor:
    """`code, said, wrong = await salor("parked")`: the command line in a thread of its own."""
    monkeypatch.setenv("SALOR_SERVICES", f"play={counter.url}")
    monkeypatch.setenv("SALOR_TOKEN", counter.operator.headers["authorization"].removeprefix("Bearer "))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("shared.operator.cli.parked.OUTCOME_SECONDS", 60.0)  # the sweeper rests by how long it looked

    async def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = await asyncio.to_thread(main, arguments)
        with contextlib.suppress(ValueError):
            said, wrong = capsys.readouterr()
        return code, said, wrong

    return run
