"""Webhooks: what an office's endpoint gets, verified with the library of Standard Webhooks, however it behaves."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.complaints import timers
from services.complaints.actions.posting import Postroom, post
from services.complaints.app import service
from services.complaints.channels.webhook import Poster
from shared.events import Event
from shared.events.complaints import SubmissionAccepted, SubmissionRefused
from shared.service import App
from tests.services.complaints.endpoint import (
    LAPSE,
    LATE,
    Endpoint,
    claimed,
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
from tests.services.complaints.given import KEYS, a_cancellation, a_complaint, a_completion
from tests.services.complaints.test_offices import OTHER, SOURCE, Office, Operator, office, operator
from tests.serving import serving
from tests.support import Bench, record_of
from tests.until import until

__all__ = ["complaints", "endpoint", "office", "operator", "room"]

LONG_AGO = "UPDATE webhook SET failing_since = now() - interval '6 days'"
AGES_AGO = "UPDATE webhook_delivery SET since = now() - interval '6 days', told_at = now() - interval '31 days'"


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
        await complaints.pool.execute(AGES_AGO)
    await complaints.pool.execute(LAPSE)
    await post_all(room)
    assert [one["state"] for one in (await logged(office))["items"]] == ["pending" if gone else "failed"]
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
        assert len(hanging.got) == 10, "no more of one office are under way at once"
        text, _ = await app.scrape.read()
        assert b'salor_calls_total{kind="webhook",outcome="delivered"}' in text
        assert b"secret-path" not in text
        assert b"whsec" not in text
        for task in app.tasks.values():
            task.cancel()
        await asyncio.wait(app.tasks.values(), timeout=10)
