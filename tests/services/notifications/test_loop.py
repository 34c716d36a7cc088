"""The loop that sends as long as the process runs: awake when something happened, and orderly when it is stopped."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import structlog.testing

from deploy.local.stack import Stack
from services.notifications.app import service
from services.notifications.timers import mail, show
from shared.service import App
from tests.servers import Database
from tests.services.notifications.providers import Complaints, Provider, provider, served
from tests.services.notifications.test_announcing import DIRECTORY
from tests.services.notifications.test_channels import SETTINGS
from tests.services.notifications.test_rules import COMPLAINT, completed, filed
from tests.support import Bench

LEFT = "SELECT count(*) FROM delivery WHERE state NOT IN ('accepted', 'failed', 'unknown', 'suppressed')"
STATES = "SELECT state, count(*) FROM delivery GROUP BY state"


@dataclass
class Running:
    """The service's process without Kafka: events go in by a bench, the loop runs."""

    app: App
    bench: Bench
    provider: Provider
    complaints: Complaints
    loops: list[asyncio.Task[None]]

    async def states(self) -> dict[str, int]:
        return {row["state"]: row["count"] for row in await self.app.pool.fetch(STATES)}

    async def stop(self) -> None:
        for loop in self.loops:
            loop.cancel()
        await asyncio.gather(*self.loops, return_exceptions=True)

    async def nothing_left(self) -> bool:
        return bool(await self.app.pool.fetchval(LEFT) == 0)


async def eventually(true: Callable[[], Awaitable[bool]], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110 - the database sets no event
            await asyncio.sleep(0.005)


@pytest.fixture
async def running(database: Database, issuer: Stack) -> AsyncIterator[Running]:
    complaints = Complaints(bearer=None)
    complaints.knows(COMPLAINT, "ani@example.org")
    async with served(complaints) as url, provider() as smtp:
        secrets = {"issuer": issuer.issuer, "client_secret": issuer.client_secret("notifications")}
        outside = {"complaints_url": url, "smtp_port": smtp.port}
        given: dict[str, Any] = {**SETTINGS, **secrets, **outside, "database_url": await database("notifications")}
        app = await App.open(service, service.settings(**given, kafka=""))
        bench = Bench(service, app.settings, app.pool, app.policies)
        bench.inbox = app.inbox
        await bench.events(DIRECTORY)
        running = Running(app, bench, smtp, complaints, [asyncio.create_task(loop(app)) for loop in (mail, show)])
        yield running
        await running.stop()
        await app.stop()


async def test_what_happened_is_sent_without_being_asked(running: Running) -> None:
    await running.bench.events([filed(), completed()])
    await eventually(running.nothing_left)
    assert await running.states() == {"accepted": 8}
    assert len(running.provider.taken) == 4


async def test_a_lot_that_has_begun_is_finished_and_recorded_when_the_process_stops(running: Running) -> None:
    held = running.provider.hold()
    await running.bench.events([completed()])

    async def begun() -> bool:
        return (await running.states()).get("sending", 0) > 0

    await eventually(begun)
    stopping = asyncio.create_task(running.stop())
    await asyncio.sleep(0)
    held.set()
    await stopping
    assert all(loop.cancelled() for loop in running.loops)
    assert await running.states() == {"accepted": 6}


async def test_the_loop_outlives_a_lot_that_fails(running: Running) -> None:
    async def failed() -> bool:
        return any(line["event"] == "delivery_lot_failed" for line in lines)

    with structlog.testing.capture_logs() as lines:
        await running.app.pool.execute("ALTER TABLE delivery RENAME TO gone")
        await eventually(failed)
        await running.app.pool.execute("ALTER TABLE gone RENAME TO delivery")
    await running.bench.events([filed()])
    await eventually(running.nothing_left)
    assert not any(loop.done() for loop in running.loops)
