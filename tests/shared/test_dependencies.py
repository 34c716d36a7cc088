"""An issuer that is away or hangs: health names it within a deadline, nobody whose key is known notices."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.stack import Stack
from services.training.app import service
from shared import auth, dependencies
from shared.auth import OwnTokens, Verifier
from shared.dependencies import Dependencies
from shared.service import App
from tests.servers import Database
from tests.shared.messaging.chain import client
from tests.shared.messaging.proxy import Proxy
from tests.until import until

EMPLOYEE = uuid.uuid4()
MINE = f"/employees/{EMPLOYEE}/enrolments"
DEADLINE = 0.5
Trouble = Callable[[Proxy], Awaitable[None]]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "DEADLINE_SECONDS", DEADLINE)
    monkeypatch.setattr(dependencies, "AGAIN_SECONDS", 0.05)


@pytest.fixture
async def way(issuer: Stack) -> AsyncIterator[Proxy]:
    """The way to the issuer, which can be closed, and can take connections without ever answering."""
    async with Proxy(issuer.issuer) as proxy:
        yield proxy


@pytest.fixture
async def app(database: Database, issuer: Stack, way: Proxy) -> AsyncIterator[App]:
    """A service that is not started yet, with the issuer behind the proxy."""
    given: dict[str, Any] = {
        "database_url": await database("training"),
        "kafka": "",
        "issuer": issuer.issuer,
        "roles": "api",
    }
    made = await App.open(service, service.settings(**given, keys_seconds=0.05))
    made.verifier.issuer = f"http://127.0.0.1:{urlsplit(way.url).port}"
    yield made
    await made.stop()


@pytest.fixture
async def http(app: App) -> AsyncIterator[httpx.AsyncClient]:
    async with client(app) as made:
        yield made


async def degraded(http: httpx.AsyncClient) -> dict[str, str]:
    """What health names besides what is wrong, which is nothing; alive and ready it is whatever happens here."""
    assert (await http.get("/health/live")).status_code == 200
    answer = await http.get("/health/ready")
    said = answer.json()
    assert (answer.status_code, said["ready"], said["wrong"]) == (200, True, {}), "neither restarted nor unrouted"
    return dict(said["degraded"])


async def away_seconds(http: httpx.AsyncClient, name: str) -> float:
    """The metric of a dependency."""
    families = text_string_to_metric_families((await http.get("/metrics")).text)
    (seconds,) = (
        sample.value
        for family in families
        for sample in family.samples
        if (sample.name, sample.labels) == ("salor_dependency_away_seconds", {"dependency": name})
    )
    return float(seconds)


async def is_named(http: httpx.AsyncClient, name: str, why: str = "") -> bool:
    named = await degraded(http)
    return name in named and why in named[name]


async def is_well(http: httpx.AsyncClient) -> bool:
    return await degraded(http) == {}


async def close(way: Proxy) -> None:
    await way.leave()


async def hang(way: Proxy) -> None:
    way.flowing.clear()


async def mend(way: Proxy) -> None:
    """Whatever it was."""
    await way.leave()
    way.flowing.set()
    await way.come_back()


@pytest.mark.parametrize(("trouble", "why"), [(close, "ConnectError"), (hang, "Timeout")])
async def test_an_issuer_in_trouble_is_named_and_tokens_of_known_keys_do_not_wait_for_it(
    app: App, http: httpx.AsyncClient, way: Proxy, issuer: Stack, trouble: Trouble, why: str
) -> None:
    """Weaker: health is well while nobody can log in, and each request waits until its call to the issuer ends."""
    true = {"Authorization": f"Bearer {await issuer.token(['employee'], str(EMPLOYEE))}"}
    await app.start()
    await until(lambda: app.verifier.keys is not None)
    assert await degraded(http) == {}
    assert await away_seconds(http, "issuer") == 0

    await trouble(way)
    await until(lambda: is_named(http, "issuer", why), DEADLINE + 2)  # the call that was cut may say something else
    assert (await degraded(http))["issuer"].startswith("no good answer for ")
    assert await away_seconds(http, "issuer") > 0
    began = time.monotonic()
    assert [(await http.get(MINE, headers=true)).status_code for _ in range(3)] == [200] * 3
    assert time.monotonic() - began < DEADLINE

    await mend(way)
    await until(lambda: is_well(http), 5)
    assert await away_seconds(http, "issuer") == 0


async def test_a_service_that_starts_while_the_issuer_hangs_is_ready_and_says_503_where_a_token_has_to_be_checked(
    app: App, http: httpx.AsyncClient, way: Proxy, issuer: Stack
) -> None:
    await hang(way)
    true = {"Authorization": f"Bearer {await issuer.token(['employee'], str(EMPLOYEE))}"}
    await app.start()
    await until(lambda: is_named(http, "issuer"), DEADLINE + 2)
    assert (await http.get(MINE, headers=true)).status_code == 503
    await mend(way)
    await until(lambda: is_well(http), 5)
    assert (await http.get(MINE, headers=true)).status_code == 200


@asynccontextmanager
async def dripping() -> AsyncIterator[str]:
    """A server whose answer never ends: a byte of it now and then."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            writer.close()

    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_call_to_an_issuer_has_a_deadline_as_a_whole() -> None:
    """Weaker: each byte begins the limit anew, and an issuer that drips is waited for without end."""
    async with dripping() as address:
        for call in (Verifier(address, "salor").refresh, OwnTokens(address, "training", "secret").own):
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(call(), DEADLINE + 5)
            assert time.monotonic() - began < DEADLINE + 2, "its own"


async def test_the_time_is_counted_from_the_first_call_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weaker: each failure begins it anew, and the alert's minute never comes."""
    monkeypatch.setattr(dependencies, "DEADLINE_SECONDS", 0.05)
    asked = 0

    async def hangs() -> None:
        nonlocal asked
        asked += 1
        await asyncio.Event().wait()

    watched = Dependencies()
    watching = asyncio.create_task(watched.watch("it", hangs, every=0.01))
    began = time.monotonic()
    await until(lambda: asked > 5)
    assert watched.seconds()["it"] == pytest.approx(time.monotonic() - began, abs=0.05)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_whatever_an_answer_does_the_watch_goes_on() -> None:
    troubles = [httpx.InvalidURL("no"), RecursionError(), TypeError("unusable"), OSError()]
    watched = Dependencies()

    async def ask() -> None:
        if troubles:
            raise troubles.pop()

    watching = asyncio.create_task(watched.watch("it", ask, every=0.0))
    await until(lambda: not troubles and watched.troubles() == {} and watched.seconds() == {"it": 0.0})
    assert not watching.done()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
