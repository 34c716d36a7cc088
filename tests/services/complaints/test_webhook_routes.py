"""Webhooks: what an office, and an operator, may say and see of them."""

from __future__ import annotations

import re
import uuid
from typing import Any

import httpx
import pytest
from standardwebhooks import WebhookVerificationError

from deploy.local.stack import Stack
from services.complaints.actions.posting import Postroom
from services.complaints.app import service
from shared.service import App, web
from tests.services.complaints.endpoint import (
    Endpoint,
    ask,
    complaints,
    endpoint,
    logged,
    post_all,
    register,
    room,
    shown,
    submit,
    told,
)
from tests.services.complaints.test_offices import OTHER, PAGE, SOURCE, Office, Operator, office, operator, problem
from tests.support import Bench

__all__ = ["complaints", "endpoint", "office", "operator", "room"]


async def test_the_secret_is_shown_once_and_kept_nowhere(office: Office, complaints: Bench, endpoint: Endpoint) -> None:
    key = str(uuid.uuid4())
    first, again = [await ask(office, "", key, url=endpoint.url) for _ in range(2)]
    secret = first.json()["secret"]
    assert secret.startswith("whsec_")
    assert first.json().keys() == {*(await shown(office)), "secret"}
    assert again.json() == first.json(), "a repetition of the request, whose answer may have been lost"
    assert (await ask(office, url=endpoint.url)).json()["secret"] is None
    assert "secret" not in await shown(office)
    for table in ("webhook", "request", "outbox"):
        rows = await complaints.pool.fetch(f"SELECT t::text AS row FROM {table} AS t")
        assert rows or table == "outbox"
        assert not [row for row in rows if secret.removeprefix("whsec_")[:20] in row["row"]]


async def test_after_a_rotation_both_secrets_are_good_for_a_week(
    office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    former = await register(office, endpoint)
    rotated = (await ask(office, "/rotate")).json()
    assert rotated["secret"] != former
    assert rotated["former_secret_until"] == (await shown(office))["former_secret_until"]
    await submit(complaints, "1")
    await post_all(room)
    assert endpoint.verified(former) == endpoint.verified(rotated["secret"]) == await told(complaints)
    await complaints.pool.execute("UPDATE webhook SET former_until = now() - interval '1 second'")
    endpoint.got.clear()
    await submit(complaints, "2")
    await post_all(room)
    assert len(endpoint.verified(rotated["secret"])) == 1
    with pytest.raises(WebhookVerificationError):
        endpoint.verified(former)


async def test_an_answer_is_posted_again_on_demand_and_to_no_other_office(
    operator: Operator, office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    other = await operator.office(OTHER)
    secret = await register(office, endpoint)
    await submit(complaints, "1")
    await post_all(room)
    ((event_id, _),) = await told(complaints)
    path = f"/deliveries/{event_id}/redeliver"
    assert problem(await ask(other, path))[:2] == (404, "unknown-delivery")
    assert (await logged(other))["items"] == []
    assert problem(await other.http.get("/webhook", headers=other.bearer))[:2] == (404, "unknown-webhook")
    assert problem(await ask(other, "/rotate"))[:2] == (404, "unknown-webhook")
    assert problem(await ask(other, "/stop"))[:2] == (404, "unknown-webhook")
    assert await post_all(room) == 0
    asked = (await ask(office, path)).json()
    assert (asked["state"], asked["tries"]) == ("pending", 0)
    assert await post_all(room) == 1
    assert endpoint.verified(secret) == await told(complaints) * 2
    assert (await ask(office, "/stop")).json()["disabled_because"] == "stopped"
    assert problem(await ask(office, path))[:2] == (409, "webhook-disabled")


async def test_an_office_without_a_webhook_is_posted_nothing(
    operator: Operator, office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    await submit(complaints, "before")
    secret = await register(office, endpoint)
    await submit(complaints, "1", source=OTHER)
    await submit(complaints, "1")
    assert await post_all(room) == 1
    ((_, body),) = endpoint.verified(secret)
    assert (body["source"], body["submission"]) == (SOURCE, "1")


async def test_the_log_comes_in_pages_the_newest_first(office: Office, complaints: Bench, endpoint: Endpoint) -> None:
    await register(office, endpoint)
    for name in ("1", "2", "3"):
        await submit(complaints, name)
    first = await logged(office, limit=2)
    second = await logged(office, limit=2, after=first["next"])
    assert [one["submission"] for one in first["items"] + second["items"]] == ["3", "2", "1"]
    assert second["next"] is None


BAD = (
    *("", "office", "ftp://8.8.8.8/", "https://", "https:///a", "https://u:p@8.8.8.8/", "https://8.8.8.8/#a"),
    *(
        "http://8.8.8.8/",
        "https://8.8.8.8:99999/",
        "https://8.8.8.8:0/",
        "https://8.8.8.8:-1/",
        "https://nowhere.invalid/",
        "https://büro.example/",
    ),
    *("https://localhost/", "https://127.0.0.1/", "https://2130706433/", "https://[::1]/", "https://10.0.0.1/"),
    *("https://169.254.169.254/", "https://[::ffff:10.0.0.1]/", "https://[fd00::1]/", "https://0.0.0.0/"),
    *("https://224.0.0.1/", f"https://8.8.8.8/{'a' * 2000}"),
)


async def test_an_address_that_can_not_be_called_is_refused(complaints: Bench, issuer: Stack) -> None:
    settings = complaints.settings.model_copy(
        update={"issuer": issuer.issuer, "roles": ("api",), "webhook_private": False}
    )
    app = App(service, settings, complaints.pool, complaints.policies)
    await app.start()
    transport = httpx.ASGITransport(web(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://complaints") as http:
        bearer = {"Authorization": f"Bearer {await issuer.token(['operator'])}"}
        office = await Operator(http, bearer).office()
        answers = {url: await ask(office, url=url) for url in BAD}
    for task in app.tasks.values():
        task.cancel()
    assert [url for url, answer in answers.items() if problem(answer) != (422, "invalid-request", ["url"])] == []
    assert not [url for url, answer in answers.items() if len(url) > 8 and url in answer.text]
    (said,) = answers["https://10.0.0.1/"].json()["errors"]
    assert said["problem"] == "leads to an address that is not public"
    assert await complaints.pool.fetchval("SELECT count(*) FROM webhook") == 0


async def test_an_operator_stops_a_webhook(
    operator: Operator, office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    await register(office, endpoint)
    await submit(complaints, "1")
    headers = {**operator.bearer, "Idempotency-Key": str(uuid.uuid4())}
    body = {"source": SOURCE, "reason": "it is not theirs"}
    stopped = await operator.http.post("/operator/webhooks/stop", json=body, headers=headers)
    assert (stopped.status_code, stopped.json()["disabled_because"]) == (200, "stopped"), stopped.text
    assert await post_all(room) == 0
    headers["Idempotency-Key"] = str(uuid.uuid4())
    unknown = await operator.http.post("/operator/webhooks/stop", json={**body, "source": "urn:x"}, headers=headers)
    assert problem(unknown)[:2] == (404, "unknown-webhook")


async def test_the_page_shows_how_an_endpoint_verifies(
    office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    (code,) = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    page: dict[str, Any] = {"SECRET": await register(office, endpoint)}
    exec(code, page)
    await submit(complaints, "1")
    await submit(complaints, "2", category="nope")
    await post_all(room)
    assert [page["take"](body, headers) for headers, body in [*endpoint.got, *endpoint.got]] == [204] * 4
    assert page["answers"] == dict(await told(complaints))
    headers, body = endpoint.got[0]
    assert page["take"](body + b" ", headers) == 400
