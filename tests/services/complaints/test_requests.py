"""Requests as HTTP has them, on a real server: HEAD, headers that come twice, and who is asked before what is read."""

from __future__ import annotations

import json
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
from tests.services.complaints.test_http import bearer
from tests.serving import serving
from tests.shared.http.test_edge import said

JSON = ("content-type", "application/json")
REPORT = json.dumps({"category": "undue_delay", "text": "Too slow."})
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


@pytest.mark.parametrize("name", ["Idempotency-Key", "Authorization", "Content-Type", "Receipt-Code"])
async def test_a_header_that_comes_twice_is_named(app: App, client: httpx.AsyncClient, name: str) -> None:
    """Weaker: one of them is taken, and the repetition of a request is another one."""
    given = [("Idempotency-Key", str(uuid.uuid4())), JSON, ("Authorization", "x"), ("Receipt-Code", "x")]
    again = (
        [(name, str(uuid.uuid4()) if name == "Idempotency-Key" else dict(given)[name])]
        if name in dict(given)
        else [JSON]
    )
    answer = await client.post("/complaints", content=REPORT, headers=given + again)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == [f"header.{name.lower()}"]
    assert await app.pool.fetchval("SELECT count(*) FROM complaint") == 0


async def test_of_two_names_of_a_request_none_is_taken(client: httpx.AsyncClient) -> None:
    """It is no reason to refuse one: a proxy may add its own."""
    answer = await client.get("/categories", headers=[("X-Request-Id", "one"), ("X-Request-Id", "two")])
    assert answer.status_code == 200
    assert uuid.UUID(answer.headers["x-request-id"])


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{", JSON, 400),
        (b'{"a": 1, "a": 1}', JSON, 422),
        (b"{}", JSON, 422),
        (b"x", ("content-type", "text/plain"), 415),
    ],
)
async def test_a_caller_is_judged_before_the_body_is(
    client: httpx.AsyncClient, issuer: Stack, content: bytes, media: tuple[str, str], status: int
) -> None:
    """Weaker: whoever comes without a token learns what the route takes, and has it read for nothing."""
    true = await bearer(issuer, "service", "notifications")
    callers: dict[int, dict[str, str]] = {401: {}, 403: await bearer(issuer, "officer"), status: true}
    for expected, headers in callers.items():
        answer = await client.post(ONLY_FOR_SERVICES, content=content, headers=[media, *headers.items()])
        assert answer.status_code == expected, answer.text
