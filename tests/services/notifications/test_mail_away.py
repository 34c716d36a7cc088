"""A mail server that is away or hangs: health names it within a deadline, whether or not there is anything to send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtplib import SMTPSenderRefused

from services.notifications.app import service
from shared import dependencies
from shared.service import App
from tests.servers import Database
from tests.services.notifications.providers import Provider, provider
from tests.services.notifications.test_channels import SETTINGS, email
from tests.shared.messaging.chain import client
from tests.shared.messaging.proxy import Proxy
from tests.shared.test_dependencies import Trouble, away_seconds, close, degraded, hang, is_named, is_well, mend
from tests.until import until

DEADLINE = 0.3


@pytest.fixture
async def smtp() -> AsyncIterator[Provider]:
    async with provider() as made:
        yield made


@pytest.fixture
async def way(smtp: Provider) -> AsyncIterator[Proxy]:
    """The way to the mail server, which can be closed, and can take connections without ever answering."""
    async with Proxy(f"smtp://127.0.0.1:{smtp.port}") as proxy:
        yield proxy


@pytest.fixture
async def app(database: Database, way: Proxy, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[App]:
    """The part that delivers, not started yet, with nothing to send."""
    monkeypatch.setattr(dependencies, "DEADLINE_SECONDS", DEADLINE)
    monkeypatch.setattr(dependencies, "AGAIN_SECONDS", 0.05)
    given: dict[str, Any] = {**SETTINGS, "smtp_port": urlsplit(way.url).port, "roles": "timers"}
    given |= {"database_url": await database("notifications"), "kafka": "", "issuer": ""}
    made = await App.open(service, service.settings(**given))
    yield made
    await made.stop()


@pytest.mark.parametrize(("trouble", "why"), [(close, "SMTPConnectError"), (hang, "TimeoutError")])
async def test_a_mail_server_in_trouble_is_named_and_well_again_when_it_answers(
    app: App, way: Proxy, smtp: Provider, trouble: Trouble, why: str
) -> None:
    """Weaker: nobody hears of it before the messages of the morning are given up."""
    await trouble(way)
    await app.start()
    async with client(app) as http:
        await until(lambda: is_named(http, "mail"), DEADLINE + 2)
        assert why in (await degraded(http))["mail"]
        assert await away_seconds(http, "mail") > 0
        await mend(way)
        await until(lambda: is_well(http), 5)
        assert await away_seconds(http, "mail") == 0
    assert smtp.taken == [], "a greeting is no mail"


async def test_a_greeting_ends_its_connection() -> None:
    async with provider() as server:
        way = email(server.port)
        for _ in range(3):
            await way.greet()
        await until(lambda: all(transport.is_closing() for transport in server.transports), 5)
        assert server.connections == 3


async def test_a_greeting_is_refused_as_a_mail_would_be() -> None:
    async with provider(mail="550 not you") as server:
        with pytest.raises(SMTPSenderRefused):
            await email(server.port).greet()
