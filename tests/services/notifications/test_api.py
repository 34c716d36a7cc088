"""Who may read which inbox, and what operators see."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from services.notifications.app import service
from services.notifications.model.deliveries import Message
from services.notifications.store.inbox import put_in_inbox
from shared.service import App, web
from tests.servers import Database
from tests.services.notifications.providers import Complaints, served
from tests.services.notifications.test_channels import SETTINGS
from tests.services.notifications.test_rules import COMPLAINT, EMPLOYEE, SUPERIOR


@pytest.fixture
async def client(database: Database, issuer: Stack) -> AsyncIterator[httpx.AsyncClient]:
    complaints = Complaints(bearer=None, codes={"SLR-CODE": COMPLAINT})
    async with served(complaints) as url:
        secrets = {"issuer": issuer.issuer, "client_secret": issuer.client_secret("notifications")}
        given: dict[str, Any] = {**SETTINGS, **secrets, "database_url": await database("notifications"), "kafka": ""}
        app = await App.open(service, service.settings(**{**given, "complaints_url": url, "roles": "api"}))
        await app.start()
        for recipient in (EMPLOYEE, SUPERIOR, COMPLAINT):
            for n in range(3):
                await put_in_inbox(app.pool, Message(uuid4(), str(recipient), "id", f"{recipient} {n}", "text"))
        transport = httpx.ASGITransport(web(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://notifications") as made:
            yield made
        await app.stop()


async def bearer(issuer: Stack, role: str, sub: UUID) -> dict[str, str]:
    return {"Authorization": f"Bearer {await issuer.token([role], str(sub))}"}


def subjects(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [entry["subject"] for entry in answer.json()["items"]]


@pytest.mark.parametrize(("role", "who"), [("employee", EMPLOYEE), ("superior", SUPERIOR)])
async def test_everybody_reads_their_own_inbox_newest_first(
    client: httpx.AsyncClient, issuer: Stack, role: str, who: UUID
) -> None:
    mine = await bearer(issuer, role, who)
    first = await client.get("/inbox", params={"limit": 2}, headers=mine)
    assert subjects(first) == [f"{who} 2", f"{who} 1"]
    rest = await client.get("/inbox", params={"limit": 2, "after": first.json()["next"]}, headers=mine)
    assert subjects(rest) == [f"{who} 0"]
    assert rest.json()["next"] is None


async def test_an_inbox_needs_a_token_and_a_cursor_of_another_shows_nothing(
    client: httpx.AsyncClient, issuer: Stack
) -> None:
    assert (await client.get("/inbox")).status_code == 401
    superior = await bearer(issuer, "superior", SUPERIOR)
    theirs = (await client.get("/inbox", params={"limit": 1}, headers=superior)).json()["next"]
    mine = await bearer(issuer, "employee", EMPLOYEE)
    assert subjects(await client.get("/inbox", params={"after": theirs}, headers=mine)) == []


async def test_a_citizen_reads_the_cases_inbox_by_receipt_code_alone(client: httpx.AsyncClient) -> None:
    found = await client.get("/inbox/case", headers={"Receipt-Code": "SLR-CODE"})
    assert subjects(found) == [f"{COMPLAINT} {n}" for n in (2, 1, 0)]
    assert (await client.get("/inbox/case", headers={"Receipt-Code": "SLR-WRONG"})).status_code == 404
    assert (await client.get("/inbox/case")).status_code == 422


async def test_a_reader_marks_a_message_as_read_once_and_lists_what_is_unread(
    client: httpx.AsyncClient, issuer: Stack
) -> None:
    """Weaker: a repetition moves the time, or a mark goes to all messages of the reader."""
    code = {"Receipt-Code": "SLR-CODE"}
    for inbox, who in (("/inbox", await bearer(issuer, "employee", EMPLOYEE)), ("/inbox/case", code)):
        newest, *rest = (await client.get(inbox, headers=who)).json()["items"]
        assert newest["read_at"] is None
        marked = await mark(client, inbox, newest["delivery_id"], who)
        assert (marked.status_code, marked.json()) == (200, {**newest, "read_at": marked.json()["read_at"]})
        assert (await mark(client, inbox, newest["delivery_id"], who)).json() == marked.json()
        for unread, left in ((True, rest), (False, [marked.json()])):
            found = await client.get(inbox, params={"unread": unread}, headers=who)
            assert found.json()["items"] == left


async def test_nobody_marks_a_message_of_somebody_else(client: httpx.AsyncClient, issuer: Stack) -> None:
    theirs = await bearer(issuer, "superior", SUPERIOR)
    newest = (await client.get("/inbox", headers=theirs)).json()["items"][0]["delivery_id"]
    mine = await bearer(issuer, "employee", EMPLOYEE)
    refused = await mark(client, "/inbox", newest, mine)
    assert (refused.status_code, refused.json()["detail"]) == (404, "There is no such message in this inbox.")
    assert (await mark(client, "/inbox/case", newest, {"Receipt-Code": "SLR-CODE"})).status_code == 404
    assert (await mark(client, "/inbox", str(uuid4()), mine)).status_code == 404
    unread = await client.get("/inbox", params={"unread": True}, headers=theirs)
    assert len(unread.json()["items"]) == 3


async def mark(client: httpx.AsyncClient, inbox: str, message: str, who: dict[str, str]) -> httpx.Response:
    key = {"Idempotency-Key": str(uuid4())}
    return await client.post(f"{inbox}/{message}/read", headers={**who, **key})


async def test_operators_alone_see_deliveries(client: httpx.AsyncClient, issuer: Stack) -> None:
    operator = await bearer(issuer, "operator", uuid4())
    answer = await client.get("/deliveries", params={"state": "unknown"}, headers=operator)
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None})
    assert (await client.get("/deliveries", params={"state": "lost"}, headers=operator)).status_code == 422
    employee = await bearer(issuer, "employee", EMPLOYEE)
    assert (await client.get("/deliveries", params={"state": "unknown"}, headers=employee)).status_code == 403
    asked = {"deliveries": [str(uuid4())], "verb": "accept", "reason": "in the log"}
    for who, status in ((operator, 404), (employee, 403)):
        headers = {**who, "Idempotency-Key": str(uuid4())}
        settled = await client.post("/operator/deliveries/settle", json=asked, headers=headers)
        assert settled.status_code == status


async def test_everybody_says_which_mails_are_wanted_and_a_citizen_by_receipt_code(
    client: httpx.AsyncClient, issuer: Stack
) -> None:
    mine = await bearer(issuer, "employee", EMPLOYEE)
    code = {"Receipt-Code": "SLR-CODE"}
    for path, who in (("/preferences", mine), ("/preferences/case", code)):
        assert (await client.get(path, headers=who)).json() == {"courtesy_mails": True}
        key = {"Idempotency-Key": str(uuid4())}
        put = await client.put(path, headers={**who, **key}, json={"courtesy_mails": False})
        assert (put.status_code, put.json()) == (200, {"courtesy_mails": False})
        assert (await client.get(path, headers=who)).json() == {"courtesy_mails": False}
    theirs = await bearer(issuer, "superior", SUPERIOR)
    assert (await client.get("/preferences", headers=theirs)).json() == {"courtesy_mails": True}
    assert (await client.get("/preferences/case", headers={"Receipt-Code": "SLR-WRONG"})).status_code == 404


async def test_operators_look_at_templates_and_at_letters_with_made_up_facts(
    client: httpx.AsyncClient, issuer: Stack
) -> None:
    operator = await bearer(issuer, "operator", uuid4())
    asked: dict[str, str | bool] = {"audience": "handler", "language": "en", "courtesy": False}
    listed = await client.get("/templates", params=asked, headers=operator)
    assert [each["what"] for each in listed.json()["items"]] == ["deadline_near", "escalated"]
    preview = await client.get("/templates/enrolled/preview", headers=operator)
    assert "Kamis, 19 Maret 2026 pukul 09.00 WIB" in preview.json()["text"]
    assert (await client.get("/templates/enroled/preview", headers=operator)).status_code == 422
    mine = await bearer(issuer, "employee", EMPLOYEE)
    assert (await client.get("/templates/enrolled/preview", headers=mine)).status_code == 403
