"""An office's endpoint on loopback, what the office asks for, and the loop's steps by hand."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.complaints.actions.posting import Postroom, claim, post
from services.complaints.app import service
from services.complaints.channels.webhook import Poster
from services.complaints.model.webhooks import Due
from tests.servers import Database
from tests.services.complaints.given import KEYS, SKCK, a_complaint, recorded
from tests.services.complaints.test_offices import GOOD, SOURCE, Office
from tests.serving import serving
from tests.support import Bench, bench, record_of

LATE = 0
"""An endpoint that never answers."""
LAPSE = "UPDATE webhook_delivery SET next_at = now() WHERE state = 'pending'"
EVENTS = "SELECT event_id, payload FROM outbox WHERE topic = 'receipts.v1'"


class Endpoint:
    """An office's endpoint. It answers with `answers`, then 204, and remembers what it got."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.got.append((dict(request.headers), await request.body()))
        status = self.answers.pop(0) if self.answers else 204
        if status == LATE:
            while (await receive())["type"] != "http.disconnect":
                continue
        else:
            await Response(None, status, {"location": self.url} if status == 302 else None)(scope, receive, send)

    def verified(self, secret: str) -> list[tuple[str, Any]]:
        """Id and body of all that came, by id; each must be signed with the secret."""
        found = [(headers["webhook-id"], Webhook(secret).verify(body, headers)) for headers, body in self.got]
        return sorted(found, key=lambda one: one[0])


@pytest.fixture
async def complaints(database: Database) -> AsyncIterator[Bench]:
    given = {**KEYS, "webhook_private": True, "webhook_seconds": 0.3}
    async with bench(service, await database("complaints"), **given) as made:
        await made.events([recorded(SKCK)])
        yield made


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    made = Endpoint()
    async with serving(made) as url:
        made.url = url.replace("127.0.0.1", "localhost") + "/secret-path"
        yield made


@pytest.fixture
async def room(complaints: Bench) -> AsyncIterator[Postroom]:
    made = Postroom(complaints.runner, Poster(0.3, private=True))
    yield made
    await made.poster.close()


async def ask(office: Office, path: str = "", key: str | None = None, **body: str) -> httpx.Response:
    headers = {**office.bearer, "Idempotency-Key": key or str(uuid.uuid4())}
    return await office.http.post(f"/webhook{path}", json=body or None, headers=headers)


async def register(office: Office, endpoint: Endpoint) -> str:
    answer = await ask(office, url=endpoint.url)
    assert answer.status_code == 200, answer.text
    secret: str = answer.json()["secret"]
    return secret


async def shown(office: Office) -> Any:
    return (await office.http.get("/webhook", headers=office.bearer)).json()


async def logged(office: Office, **asked: Any) -> Any:
    return (await office.http.get("/webhook/deliveries", headers=office.bearer, params=asked)).json()


async def submit(bench: Bench, *names: str, source: str = SOURCE, **data: Any) -> None:
    """Submissions of an office that has Kafka, and no webhook of its own making."""
    made = {**GOOD, **data}
    await bench.records([record_of(a_complaint(**made), 0, event_id=name, source=source) for name in names])


async def told(bench: Bench) -> list[tuple[str, Any]]:
    """The answers on `receipts.v1`, by id and body."""
    rows = await bench.pool.fetch(EVENTS)
    return sorted(((str(row["event_id"]), json.loads(row["payload"])) for row in rows), key=lambda one: one[0])


async def claimed(room: Postroom) -> list[Due]:
    return [due for lot in (await claim(room, ())).values() for due in lot]


async def post_all(room: Postroom) -> int:
    """Post what is due. Gives how many."""
    lot = await claimed(room)
    if lot:
        await post(room, lot)
    return len(lot)
