"""The edge: every request has an id, a limit and an answer, on a real server."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from structlog.contextvars import merge_contextvars

from shared import http
from shared.errors import Problem
from shared.http import body, edge
from tests.serving import serving


class Word(BaseModel):
    word: str


class Routes:
    """An application whose routes end in every way that a route can."""

    def __init__(self) -> None:
        self.web, self.reached = FastAPI(), asyncio.Event()
        http.install(self.web)
        for path, endpoint in (("ok", self.ok), ("bug", self.bug), ("refusal", self.refusal), ("gone", self.gone)):
            self.web.get(f"/{path}")(endpoint)
        self.web.get("/stuck")(self.stuck)
        self.web.post("/words")(self.words)

    async def ok(self) -> dict[str, bool]:
        return {"ok": True}

    async def bug(self) -> None:
        raise RuntimeError("a secret of the inside")

    async def refusal(self) -> None:
        raise Problem(409, "not-now", "Not now", retry_after=7)

    async def gone(self) -> None:
        raise HTTPException(410, "Gone")

    async def stuck(self) -> None:
        self.reached.set()
        await asyncio.Event().wait()

    async def words(self, given: Word) -> Word:
        return given


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with serving(Routes().web) as url:
        yield url


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, trust_env=False) as made:
        yield made


async def said(address: str, *sent: bytes) -> bytes:
    """All that the server answers to raw bytes until it hangs up."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.writelines(sent)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


PATHS = {"/ok": 200, "/refusal": 409, "/gone": 410, "/bug": 500, "/nowhere": 404}


@pytest.mark.parametrize(("path", "status"), PATHS.items())
async def test_every_answer_carries_the_requests_id(client: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await client.get(path, headers={"X-Request-Id": "desk-7/2026.1"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (status, "desk-7/2026.1")
    made = [(await client.get(path)).headers["x-request-id"] for _ in range(2)]
    assert len({uuid.UUID(each) for each in made}) == 2


@pytest.mark.parametrize("given", ["", "two words", "x" * 129, 'a"b', "é".encode()])
async def test_an_id_that_a_log_should_not_hold_is_replaced(client: httpx.AsyncClient, given: str | bytes) -> None:
    answer = await client.get("/ok", headers=[(b"X-Request-Id", given if isinstance(given, bytes) else given.encode())])
    assert uuid.UUID(answer.headers["x-request-id"])


async def test_what_is_logged_about_a_request_carries_its_id(client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs(processors=[merge_contextvars]) as logs:
        await asyncio.gather(*(client.get("/bug", headers={"X-Request-Id": f"r{n}"}) for n in range(3)))
    assert sorted(log["request_id"] for log in logs if log["event"] == "request_failed") == ["r0", "r1", "r2"]


async def test_who_still_waits_when_a_server_is_stopped_is_told_to_come_again() -> None:
    """Weaker: the server cancels what runs at its deadline, and answers with a bare 500."""
    routes = Routes()
    async with httpx.AsyncClient(trust_env=False) as client:
        async with serving(routes.web, patience=0) as url:
            asking = asyncio.create_task(client.get(f"{url}/stuck"))
            await routes.reached.wait()
        answer = await asking
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["type"] == "urn:salor:problem:ending"


async def test_a_bug_is_a_500_that_shows_nothing_of_the_inside(client: httpx.AsyncClient) -> None:
    answer = await client.get("/bug")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["status"], answer.json()["type"]) == (500, "urn:salor:problem:internal")
    assert not any(word in answer.text for word in ("secret", "RuntimeError", "Traceback"))
    assert (await client.get("/ok")).status_code == 200


async def test_a_refusal_says_when_to_come_again(client: httpx.AsyncClient) -> None:
    answer = await client.get("/refusal")
    assert (answer.json()["title"], answer.headers["retry-after"]) == ("Not now", "7")


async def test_a_route_that_does_not_end_is_a_503(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "ANSWER_SECONDS", 0.1)
    answer = await client.get("/stuck")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.headers["retry-after"]


async def test_a_body_that_does_not_come_is_a_408_and_the_connection_ends(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: a thousand such clients hold a thousand connections for ever."""
    monkeypatch.setattr(body, "BODY_SECONDS", 0.1)
    head = b"POST /words HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    answer = await said(address, head, b'{"word": ')
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert answer.count(b"HTTP/1.1") == 1, "the rest is not read as another request"


@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "chunked"])
async def test_ten_megabytes_are_a_413_that_the_sender_hears(client: httpx.AsyncClient, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b" " * 65_536

    content: Any = chunks() if chunked else b" " * 10_485_760
    answer = await client.post("/words", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert (await client.get("/ok")).status_code == 200


@pytest.mark.parametrize("declared", [body.LARGEST_THROWN_AWAY + 1, 10**17])
async def test_a_body_that_says_it_is_endless_is_a_413_at_once(address: str, declared: int) -> None:
    """Weaker: it is waited for, and refused for being slow."""
    head = b"POST /words HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % declared
    assert (await said(address, head)).startswith(b"HTTP/1.1 413 ")


async def test_large_headers_are_a_431(client: httpx.AsyncClient) -> None:
    assert (await client.get("/ok", headers={"X-Large": "x" * 60_000})).status_code == 200
    assert (await client.get("/ok", headers={"X-Large": "x" * 70_000})).status_code == 431


async def test_a_body_in_pieces_is_one_body(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in json.dumps({"word": "piecemeal"}).encode():
            yield bytes([byte])

    answer = await client.post("/words", content=pieces(), headers={"content-type": "application/json"})
    assert answer.json() == {"word": "piecemeal"}


async def test_who_hangs_up_in_the_middle_disturbs_nobody(address: str, client: httpx.AsyncClient) -> None:
    host, port = address.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /words HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
    await writer.drain()
    writer.close()
    with structlog.testing.capture_logs() as logs:
        assert (await client.get("/ok")).status_code == 200
    assert logs == []


@pytest.mark.parametrize("line", [b"FOO / HTTP/1.1", b"GET / HTTP/9.9", b"nonsense", b"GET /\x00 HTTP/1.1"])
async def test_what_is_no_http_is_a_400_of_the_server(address: str, client: httpx.AsyncClient, line: bytes) -> None:
    """The parser refuses it before there is a request; so it is no problem document."""
    assert (await said(address, line, b"\r\nHost: x\r\nConnection: close\r\n\r\n")).startswith(b"HTTP/1.1 40")
    assert (await client.get("/ok")).status_code == 200
