"""A bench of the complaints service that knows two services of the catalogue, and its routes."""

from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.local.stack import Stack
from services.complaints.app import service
from shared.service import App, web
from tests.servers import Database
from tests.services.complaints.given import (
    COLLEAGUE,
    HANDLER,
    HEAD,
    KEYS,
    OFFICER,
    PINDAH,
    SKCK,
    a_unit,
    an_employee,
    recorded,
)
from tests.services.complaints.office import Office
from tests.services.complaints.test_http import bearer
from tests.support import Bench, bench


@pytest.fixture
async def complaints(database: Database) -> AsyncIterator[Bench]:
    async with bench(service, await database("complaints"), **KEYS) as made:
        await made.events([recorded(SKCK), recorded(PINDAH)])
        yield made


@pytest.fixture
async def staffed(complaints: Bench) -> Bench:
    """The same, with people: HEAD leads OFFICER, COLLEAGUE and HANDLER."""
    people = [an_employee(one) for one in (OFFICER, COLLEAGUE, HEAD, HANDLER)]
    await complaints.events([a_unit(), *people])
    return complaints


@pytest.fixture
async def http(complaints: Bench, issuer: Stack) -> AsyncIterator[httpx.AsyncClient]:
    settings = complaints.settings.model_copy(update={"issuer": issuer.issuer, "roles": ("api",)})
    app = App(service, settings, complaints.pool, complaints.policies)
    await app.start()
    transport = httpx.ASGITransport(web(app), client=("192.0.2.1", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://complaints") as client:
        yield client
    for task in app.tasks.values():
        task.cancel()


@pytest.fixture
async def office(staffed: Bench, http: httpx.AsyncClient, issuer: Stack) -> Office:
    """The routes, and people."""
    tokens = {one: await bearer(issuer, "officer", str(one)) for one in (OFFICER, COLLEAGUE, HEAD)}
    return Office(http, tokens)
