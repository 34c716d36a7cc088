"""Webhooks: what an office's endpoint gets, verified with the library of Standard Webhooks, however it behaves."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from deploy.local.stack import Stack
from services.complaints import timers
from services.complaints.actions.posting import Postroom, claim, post
from services.complaints.app import service
from services.complaints.channels.webhook import Poster
from services.complaints.model.webhooks import Due
from shared.events import Event
from shared.events.complaints import SubmissionAccepted, SubmissionRefused
from shared.service import App, web
from tests.servers import Database
from tests.services.complaints.given import KEYS, SKCK, a_cancellation, a_complaint, a_completion, recorded
from tests.services.complaints.test_offices import GOOD, OTHER, SOURCE, Office, Operator, office, operator, problem
from tests.serving import serving
from tests.support import Bench, bench, record_of
from tests.until import until

__all__ = ["office", "operator"]

LATE = 0
"""An endpoint that never answers."""
LAPSE = "UPDATE webhook_delivery SET next_at = now() WHERE state = 'pending'"
LONG_AGO = "UPDATE webhook SET failing_since = now() - interval '6 days'"
AGES_AGO = "UPDATE webhook_delivery SET since = now() - interval '6 days', told_at = now() - interval '31 days'"
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


async def test_answers_arrive_signed_under_the_id_of_their_event_though_the_endpoint_fails_first(
    office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    secret = await register(office, endpoint)
    await submit(complaints, "1")
    await office.lot({"specversion": "1.0", "type": "nope", "source": SOURCE, "id": "2", "data": {}})
    endpoint.answers = [500, 500, LATE, LATE]
    seen = []
    for _ in range(3):
        assert await post_all(room) == 2
        assert await post_all(room) == 0, "not at once again"
        seen.append([(d["state"], d["outcome"], d["status"], d["tries"]) for d in (await logged(office))["items"]])
        await complaints.pool.execute(LAPSE)
    assert seen == [
        [("pending", "refused", 500, 1)] * 2,
        [("pending", "late", None, 2)] * 2,
        [("delivered", "delivered", 204, 3)] * 2,
    ]
    answers = await told(complaints)
    assert len(await complaints.told(SubmissionAccepted)) == len(await complaints.told(SubmissionRefused)) == 1
    assert endpoint.verified(secret) == [one for one in answers for _ in range(3)]
    assert {headers["host"] for headers, _ in endpoint.got} == {httpx.URL(endpoint.url).netloc.decode()}
    assert await post_all(room) == 0
    log = (await logged(office))["items"]
    assert sorted((one["event_id"], one["submission"], one["accepted"]) for one in log) == [
        (event_id, body["submission"], "complaint_id" in body) for event_id, body in answers
    ]


async def test_whatever_answers_an_office_is_posted(
    office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    """Refused by a rule, unreadable, a service record, a correction at once, and one whose record does not come."""
    secret = await register(office, endpoint)
    wrong = replace(record_of(a_complaint(), 0, event_id="2", source=SOURCE), value=b"[]")
    await complaints.records([record_of(a_complaint(category="nope"), 0, event_id="1", source=SOURCE), wrong])
    unknown = a_completion(1).model_copy(update={"service": "nope"})
    bodies: list[Event] = [unknown, a_cancellation(n=2), a_cancellation(n=3).model_copy(update={"cancelled": None})]
    for n, body in enumerate(bodies, 3):
        await complaints.records([record_of(body, 0, event_id=f"{n}", source=SOURCE)])
    await complaints.timers(datetime.now(UTC) + timedelta(days=2))
    answers = await told(complaints)
    assert sorted(body["submission"] for _, body in answers) == ["1", "2", "3", "4", "5"]
    await complaints.pool.execute(LAPSE)  # the timer fired in two days
    await post_all(room)
    assert endpoint.verified(secret) == answers


async def test_a_try_waits_twice_as_long_as_the_one_before(
    office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    await register(office, endpoint)
    await submit(complaints, "1")
    endpoint.answers = [503, 302]
    waits = []
    for _ in range(2):
        await post_all(room)
        waits.append(await complaints.pool.fetchval("SELECT next_at - tried_at FROM webhook_delivery"))
        await complaints.pool.execute(LAPSE)
    assert waits == [timedelta(seconds=5), timedelta(seconds=10)]
    assert len(endpoint.got) == 2, "a redirect is not followed"


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


async def test_who_dies_between_the_call_and_the_record_posts_again(
    office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    secret = await register(office, endpoint)
    await submit(complaints, "1")
    first = await claimed(room)
    assert await claimed(room) == [], "claimed by somebody"
    await complaints.pool.execute(LAPSE)
    second = await claimed(room)
    await post(room, first)
    assert (await logged(office))["items"][0]["state"] == "pending", "its claim had lapsed"
    await post(room, second)
    assert (await logged(office))["items"][0]["state"] == "delivered"
    assert endpoint.verified(secret) == await told(complaints) * 2


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


@pytest.mark.parametrize("gone", [True, False])
async def test_an_endpoint_that_is_gone_or_fails_for_days_is_disabled_until_it_is_registered_again(
    operator: Operator, office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom, gone: bool
) -> None:
    secret = await register(office, endpoint)
    await submit(complaints, "1")
    endpoint.answers = [500, 410 if gone else 500]
    await post_all(room)
    assert (await shown(office))["failing_since"]
    if not gone:
        await complaints.pool.execute(LONG_AGO)
    await complaints.pool.execute(LAPSE)
    await post_all(room)
    because = "gone" if gone else "failing"
    assert ((await shown(office))["disabled_because"], len(endpoint.got)) == (because, 2)
    listed = await operator.http.get("/operator/webhooks", headers=operator.bearer)
    ((item),) = listed.json()["items"]
    assert (item["source"], item["disabled_because"]) == (SOURCE, because)
    assert "secret-path" not in listed.text
    await submit(complaints, "2")
    await complaints.pool.execute(LAPSE)
    assert await post_all(room) == 0
    await register(office, endpoint)
    assert (await shown(office))["disabled_at"] is None
    endpoint.got.clear()
    assert await post_all(room) == 2
    assert endpoint.verified(secret) == await told(complaints)


async def test_one_success_ends_a_failure_and_an_answer_that_nobody_takes_is_given_up(
    office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    await register(office, endpoint)
    await submit(complaints, "1", "2")
    endpoint.answers = [500, 500, 500]
    await post_all(room)
    await complaints.pool.execute(LONG_AGO)
    await complaints.pool.execute(AGES_AGO)
    await complaints.pool.execute(LAPSE)
    await post_all(room)
    stands = await shown(office)
    assert (stands["failing_since"], stands["disabled_at"]) == (None, None)
    log = (await logged(office))["items"]
    assert sorted(one["state"] for one in log) == ["delivered", "failed"]
    assert await complaints.pool.fetchval("SELECT count(*) FROM webhook_delivery") == 2
    await complaints.pool.execute("UPDATE timer SET due = now() WHERE name = 'trim_webhook_log'")
    await complaints.pool.execute("INSERT INTO timer (name, subject, due) VALUES ('trim_webhook_log', '', now())")
    await complaints.timers()
    assert (await logged(office))["items"] == []


BAD = (
    *("", "office", "ftp://8.8.8.8/", "https://", "https:///a", "https://u:p@8.8.8.8/", "https://8.8.8.8/#a"),
    *("http://8.8.8.8/", "https://8.8.8.8:99999/", "https://nowhere.invalid/", "https://büro.example/"),
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


async def test_a_host_that_has_moved_to_a_private_address_is_not_called(
    office: Office, complaints: Bench, endpoint: Endpoint
) -> None:
    await register(office, endpoint)
    await submit(complaints, "1")
    await complaints.pool.execute("UPDATE webhook SET url = replace(url, 'http:', 'https:')")
    await post_all(Postroom(complaints.runner, Poster(1, private=False)))
    (one,) = (await logged(office))["items"]
    assert (one["outcome"], one["status"], endpoint.got) == ("unfit", None, [])


async def test_a_secret_whose_key_was_withdrawn_signs_nothing(
    office: Office, complaints: Bench, endpoint: Endpoint, room: Postroom
) -> None:
    await register(office, endpoint)
    await submit(complaints, "1")
    settings = service.settings(**{**complaints.settings.model_dump(), **KEYS, "receipt_keys": "33" * 32})
    complaints.runner.settings = settings
    await post_all(room)
    (one,) = (await logged(office))["items"]
    assert (one["outcome"], endpoint.got) == ("unsigned", [])


async def test_the_service_posts_by_itself_and_no_office_waits_for_another(
    operator: Operator, office: Office, complaints: Bench, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "FINISH_SECONDS", 0.1)
    hanging = Endpoint()
    hanging.answers = [LATE] * 100
    settings = complaints.settings.model_copy(update={"roles": ("timers",), "webhook_seconds": 60.0})
    app = App(service, settings, complaints.pool, complaints.policies)
    async with serving(hanging) as url:
        hanging.url = url
        await register(await operator.office(OTHER), hanging)
        secret = await register(office, endpoint)
        await submit(complaints, *(f"{n}" for n in range(15)), source=OTHER)
        await app.start()
        await until(lambda: len(hanging.got) == 10)
        await submit(complaints, *(f"{n}" for n in range(15)))
        await until(lambda: len(endpoint.got) == 15)
        of_office = [one for one in await told(complaints) if one[1]["source"] == SOURCE]
        assert endpoint.verified(secret) == of_office
        text, _ = await app.scrape.read()
        assert b'salor_calls_total{kind="webhook",outcome="delivered"}' in text
        assert b"secret-path" not in text
        assert b"whsec" not in text
        for task in app.tasks.values():
            task.cancel()
        await asyncio.wait(app.tasks.values(), timeout=10)


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
