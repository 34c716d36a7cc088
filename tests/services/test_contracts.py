"""Each service keeps its own contract under whatever schemathesis can think of: no 500, nothing undocumented.

The calls are derived from the contract alone, the same in every run (about 100 an operation).
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack import SERVICES, Stack
from services.complaints.model.offices import GIVEN_ID, SOURCE
from services.complaints.model.webhooks import URL
from services.complaints.rules.token import hashed, written
from services.complaints.store.tokens import GIVE
from services.complaints.store.webhooks import REGISTER
from services.notifications.model.deliveries import Message
from services.notifications.store.inbox import put_in_inbox
from shared.service import App, web
from tests.house.services import ROOT
from tests.house.services import SERVICES as KNOWN
from tests.servers import Database
from tests.services.complaints.given import KEYS, SKCK, an_employee, recorded
from tests.services.evaluation.facts import complaint
from tests.services.training.given import KTP, completed
from tests.serving import serving
from tests.support import Bench

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
OPERATORS = "^/operator/"
WITHOUT_BROKER = "^/operator/(?!raise)"
READER = uuid.uuid5(uuid.NAMESPACE_DNS, "reader")
SECRET = "s" * 43
ALL_ROLES = ["employee", "superior", "officer", "operator", "service"]
SETTINGS: dict[str, dict[str, Any]] = {
    "complaints": KEYS,
    "notifications": {"smtp_host": "127.0.0.1", "smtp_port": 1, "mail_sender": "a@example.org"},
}


async def a_service(app: App) -> None:
    """The one that the contract's example of a report names, the office of the example, and who calls as an officer."""
    await _bench(app).events([recorded(replace(SKCK, service="ktp")), an_employee(READER)])
    await app.pool.execute(GIVE, uuid.UUID(GIVEN_ID), SOURCE, hashed(SECRET), datetime.now(UTC))
    await app.pool.execute(REGISTER, SOURCE, URL, uuid.UUID(GIVEN_ID), hashed(SECRET), datetime.now(UTC))


async def a_complaint(app: App) -> None:
    await _bench(app).events([complaint(READER)])


async def an_enrolment(app: App) -> None:
    await _bench(app).events([completed(KTP, employee=READER)])


async def a_message(app: App) -> None:
    await put_in_inbox(app.pool, Message(uuid.uuid4(), str(READER), "en", "Subject", "Text."))


GIVEN: dict[str, Callable[[App], Awaitable[None]]] = {
    "complaints": a_service,
    "evaluation": a_complaint,
    "training": an_enrolment,
    "notifications": a_message,
}


def _bench(app: App) -> Bench:
    return Bench(app.service, app.settings, app.pool, app.policies)


@asynccontextmanager
async def served(name: str, database: Database, issuer: Stack, **more: Any) -> AsyncIterator[str]:
    """A service on a database of its own that holds something to show."""
    own = {"database_url": await database(name), "kafka": "", "issuer": issuer.issuer, "roles": ("api",), **more}
    app = await App.open(KNOWN[name], KNOWN[name].settings(**SETTINGS.get(name, {}), **own))
    await GIVEN[name](app)
    async with serving(web(app)) as url:
        yield url


async def schemathesis(folder: Path, url: str, tokens: dict[str, str], *only: str) -> tuple[int | None, str]:
    """Run it against (a part of) a service, where it keeps nothing: its exit code and what it says."""
    program = Path(sys.executable).with_name("schemathesis")
    process = await asyncio.create_subprocess_exec(
        *(str(program), "--config-file", str(CONFIGURATION), "run", f"{url}/openapi.json", "--no-color", *only),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **tokens},
        cwd=folder,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_keeps_its_contract(name: str, database: Database, issuer: Stack, tmp_path: Path) -> None:
    tokens = {
        "TOKEN": await issuer.token(ALL_ROLES, str(READER)),
        "SERVICE_TOKEN": await issuer.token(["service"], "notifications"),
        "OFFICE_TOKEN": written(uuid.UUID(GIVEN_ID), SECRET),
    }
    async with AsyncExitStack() as stack:
        more = {}
        if name == "notifications":
            vault = await stack.enter_async_context(served("complaints", database, issuer))
            more = {"complaints_url": vault, "client_secret": issuer.client_secret(name)}
        url = await stack.enter_async_context(served(name, database, issuer, **more))
        code, said = await schemathesis(tmp_path, url, tokens, "--exclude-path-regex", OPERATORS)
    assert code == 0, said


@pytest.mark.timeout(300)
async def test_the_operators_routes_keep_theirs(database: Database, issuer: Stack, tmp_path: Path) -> None:
    """They are the same on every service; complaints has a timer and what it listens to."""
    tokens = {"TOKEN": await issuer.token(["operator"], "operator"), "SERVICE_TOKEN": "", "OFFICE_TOKEN": ""}
    async with served("complaints", database, issuer) as url:
        code, said = await schemathesis(tmp_path, url, tokens, "--include-path-regex", WITHOUT_BROKER)
    assert code == 0, said
