"""The loop that sends as long as the process runs: awake when something happened, and orderly when it is stopped."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import structlog.testing

from deploy.local.stack import Stack
from services.notifications.app import service
from services.notifications.timers import deliver
from shared.service import App
from tests.servers import Database
from tests.services.notifications.providers import Complaints, Provider, provider, served
from tests.services.notifications.test_announcing import DIRECTORY
from tests.services.notifications.test_channels import SETTINGS
from tests.services.notifications.test_rules import COMPLAINT, completed, filed
from tests.support import Bench

LEFT = "SELECT count(*) FROM delivery WHERE state NOT IN ('accepted', 'failed', 'unknown', 'suppressed')"
STATES = "SELECT state, count(*) FROM delivery WHERE channel LIKE $1 GROUP BY state"


@dataclass
class Running:
    """The service's process without Kafka: events go in by a bench, the loop runs."""

    app: App
    bench: Bench
    provider: Provider
    complaints: Complaints
    loop: asyncio.Task[None]

    async def states(self, channel: str = "%") -> dict[str, int]:
        return {row["state"]: row["count"] for row in await self.app.pool.fetch(STATES, channel)}

    async def stop(self) -> None:
        self.loop.cancel()
        await asyncio.gather(self.loop, return_exceptions=True)

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
        running = Running(app, bench, smtp, complaints, asyncio.create_task(deliver(app)))
        yield running
        await running.stop()
        await app.stop()


async def test_what_happened_is_sent_without_being_asked(running: Running) -> None:
    await running.bench.events([filed(), completed()])
    await eventually(running.nothing_left)
    assert await running.states() == {"accepted": 8}
    assert len(running.provider.taken) == 4


async def test_a_mail_that_takes_its_time_keeps_no_inbox_waiting_and_those_behind_it_go_when_it_has_gone(
    running: Running,
) -> None:
    """Weaker: a mail server that hangs keeps all from their inboxes."""
    held = running.provider.hold()
    for fact, shown in ((filed(), 1), (completed(), 4)):
        await running.bench.events([fact])

        async def is_shown(shown: int = shown) -> bool:
            return await running.states("inbox") == {"accepted": shown}

        await eventually(is_shown)
    mails = await running.states("email")
    assert (mails.pop("sending"), mails) == (1, {"pending": 3})
    held.set()
    await eventually(running.nothing_left)
    assert await running.states("email") == {"accepted": 4}


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
    assert running.loop.cancelled()
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
    assert not running.loop.done()
