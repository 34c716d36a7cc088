"""Requests as HTTP has them, on a real server: HEAD."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from services.complaints.app import service
from shared.service import App, web
from tests.servers import Database
from tests.services.complaints.given import KEYS
from tests.serving import serving
from tests.shared.http.test_edge import said

ONLY_FOR_SERVICES = "/internal/contacts"


@pytest.fixture
async def app(database: Database, issuer: Stack) -> App:
    own: dict[str, Any] = {
        "database_url": await database("complaints"),
        "kafka": "",
        "issuer": issuer.issuer,
        "roles": ("api",),
        **KEYS,
    }
    return await App.open(service, service.settings(**own))


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(web(app)) as url, httpx.AsyncClient(base_url=url, trust_env=False) as made:
        yield made


async def asked(client: httpx.AsyncClient, method: str, path: str) -> tuple[list[bytes], bytes]:
    """The head of an answer, by lines without its date, and its body."""
    request = f"{method} {path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: one\r\nConnection: close\r\n\r\n"
    head, _, content = (await said(str(client.base_url).rstrip("/"), request.encode())).partition(b"\r\n\r\n")
    return [line for line in head.split(b"\r\n") if not line.lower().startswith(b"date:")], content


async def test_head_gets_the_head_that_get_would_get_and_no_body(client: httpx.AsyncClient) -> None:
    """Weaker: a 405 for a monitor that looks with HEAD, as many do."""
    expected = {"/health/live": 200, "/health/ready": 200, "/metrics": 200, "/categories?limit=1": 200}
    refused = {"/categories?limit=0": 422, "/complaints": 401, f"/complaints/{uuid.uuid4()}": 401, "/nowhere": 404}
    for path, status in {**expected, **refused}.items():
        (head, none), (got, content) = await asked(client, "HEAD", path), await asked(client, "GET", path)
        assert head[0].startswith(b"HTTP/1.1 %d " % status), path
        assert (none, bool(content)) == (b"", True), path
        if path != "/metrics":  # another scrape has other numbers, and so another length
            assert head == got
    head, _ = await asked(client, "HEAD", ONLY_FOR_SERVICES)
    assert head[0].startswith(b"HTTP/1.1 405 ")
    assert b"allow: POST" in head
    measured = (await client.get("/metrics")).text
    assert 'method="HEAD",route="/categories",status="2xx"' in measured, "the route is seen from outside"
