"""The HTTP routes, through the real chassis and tokens of the development issuer."""

import asyncio
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from services.complaints.app import service
from services.complaints.rules.receipt import receipt_code
from shared.http import context
from shared.service import App, web
from tests.services.complaints.given import KEYS, OFFICER, a_complaint, a_completion
from tests.services.complaints.test_filing import opened
from tests.shared.messaging.proxy import Proxy
from tests.shared.messaging.test_trouble import CLEAR, FILL
from tests.support import Bench, record_of
from tests.until import until

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TAKE_BACK = """CREATE SEQUENCE tries;
CREATE FUNCTION take_back() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF nextval('tries') < 3 THEN RAISE serialization_failure; END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER take_back AFTER INSERT ON contact_access DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION take_back()"""
CONTACT = {"name": "Siti", "email": "Siti@Example.org", "phone": "081234567890", "language": "en"}


async def bearer(issuer: Stack, role: str, sub: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {await issuer.token([role], sub)}"}


async def file(http: httpx.AsyncClient, key: str | None = None, **more: Any) -> httpx.Response:
    body = {"category": "undue_delay", "text": "Too slow.", **more}
    return await http.post("/complaints", json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())})


async def test_a_citizen_files_and_follows_the_complaint_by_its_code(
    http: httpx.AsyncClient, complaints: Bench
) -> None:
    filed = await file(http, contact=CONTACT, employee_id=str(OFFICER))
    assert filed.status_code == 201
    answer = filed.json()
    assert answer.keys() == {"complaint_id", "receipt_code", "status", "filed_at"}
    typed = answer["receipt_code"].lower().replace("-", " ")
    tracked = (await http.get("/complaints/track", headers={"Receipt-Code": typed})).json()
    assert {clock["clock"] for clock in tracked.pop("clocks")} == {"verification", "first_answer", "follow_up", "limit"}
    assert tracked == {
        "complaint_id": answer["complaint_id"],
        "status": "received",
        "category": "undue_delay",
        "service": None,
        "filed_at": answer["filed_at"],
        "said": [],
    }
    await complaints.events([opened(uuid.UUID(answer["complaint_id"]))])
    tracked = await http.get("/complaints/track", headers={"Receipt-Code": typed})
    assert tracked.json()["status"] == "examined"


async def test_a_repetition_gives_the_same_code_and_another_body_gives_none(http: httpx.AsyncClient) -> None:
    key = str(uuid.uuid4())
    first, again = await file(http, key), await file(http, key)
    assert again.json() == first.json()
    other = await file(http, key, text="Guessing.")
    assert other.status_code == 422
    assert "receipt_code" not in other.text


async def test_a_wrong_code_opens_nothing(http: httpx.AsyncClient) -> None:
    await file(http)
    answer = await http.get("/complaints/track", headers={"Receipt-Code": "0000-0000-0000-0000"})
    assert answer.status_code == 404
    assert (await http.get("/complaints/track")).status_code == 422


async def test_a_refusal_names_each_field_and_no_value(http: httpx.AsyncClient) -> None:
    answer = await file(http, category="nope", contact={"nik": "9" * 16})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == ["category", "contact.nik"]
    assert "9" * 16 not in answer.text


async def test_too_many_reports_of_one_address_are_told_when_to_come_again(
    http: httpx.AsyncClient, complaints: Bench
) -> None:
    await file(http)
    await complaints.pool.execute("INSERT INTO recent_filing SELECT f.* FROM recent_filing f, generate_series(1, 400)")
    answer = await file(http)
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["retry-after"]) <= 3601


async def test_the_taxonomy_and_the_catalogue_are_open_to_all(http: httpx.AsyncClient) -> None:
    categories = (await http.get("/categories")).json()["items"]
    assert categories[0]["name"] == {"id": "Penundaan berlarut", "en": "Undue delay"}
    services = (await http.get("/services")).json()["items"]
    assert [(one["service"], one["standard"], one["standard_unit"]) for one in services] == [
        ("pindah", 1, "working_days"),
        ("skck", 10, "minutes"),
    ]


async def test_the_vault_opens_for_notifications_only_and_logs_each_look(
    http: httpx.AsyncClient, complaints: Bench, issuer: Stack
) -> None:
    complaint_id = (await file(http, contact=CONTACT)).json()["complaint_id"]
    asked = {"purpose": "examined", "complaint_ids": [complaint_id, str(uuid.uuid4())]}
    assert (await http.post("/internal/contacts", json=asked)).status_code == 401
    refused = await http.post("/internal/contacts", json=asked, headers=await bearer(issuer, "officer"))
    assert refused.status_code == 403
    assert await complaints.pool.fetchval("SELECT count(*) FROM contact_access") == 0
    token = await bearer(issuer, "service", "notifications")
    answer = await http.post("/internal/contacts", json=asked, headers=token)
    expected = {"name": "Siti", "email": "siti@example.org", "phone": "+6281234567890", "language": "en"}
    assert answer.json() == {"contacts": [{"complaint_id": complaint_id, **expected, "receipt_code": None}]}
    logged = await complaints.pool.fetch(
        "SELECT purpose, principal, complaint_id::text FROM contact_access ORDER BY id"
    )
    assert [tuple(row) for row in logged] == [("examined", "notifications", one) for one in asked["complaint_ids"]]


async def test_a_look_into_the_vault_that_the_server_took_back_is_run_again_and_logged_once(
    http: httpx.AsyncClient, complaints: Bench, issuer: Stack
) -> None:
    """Weaker: a 503 for one serialization error, and every mail of the lot waits."""
    complaint_id = (await file(http, contact=CONTACT)).json()["complaint_id"]
    await complaints.pool.execute(TAKE_BACK)
    asked = {"purpose": "examined", "complaint_ids": [complaint_id]}
    answer = await http.post("/internal/contacts", json=asked, headers=await bearer(issuer, "service", "notifications"))
    assert answer.status_code == 200, answer.text
    assert await complaints.pool.fetchval("SELECT count(*) FROM contact_access") == 1
    assert await complaints.pool.fetchval("SELECT last_value FROM tries") == 3


async def test_an_offices_reporter_gets_the_code_in_the_first_message_only(
    http: httpx.AsyncClient, complaints: Bench, issuer: Stack
) -> None:
    by_http = (await file(http)).json()
    await complaints.records([record_of(a_complaint(contact=CONTACT), 0)])
    by_event = str(await complaints.pool.fetchval("SELECT complaint_id FROM complaint WHERE source IS NOT NULL"))
    token = await bearer(issuer, "service", "notifications")
    codes = {}
    for purpose in ("received", "examined"):
        asked = {"purpose": purpose, "complaint_ids": [by_http["complaint_id"], by_event]}
        answer = (await http.post("/internal/contacts", json=asked, headers=token)).json()
        codes[purpose] = {one["complaint_id"]: one["receipt_code"] for one in answer["contacts"]}
    expected = receipt_code(bytes.fromhex(KEYS["receipt_keys"]), uuid.UUID(by_event))
    assert codes["received"] == {by_http["complaint_id"]: None, by_event: expected}
    assert codes["examined"] == {by_http["complaint_id"]: None, by_event: None}
    found = await http.post("/internal/receipts", json={"receipt_code": expected}, headers=token)
    assert found.json() == {"complaint_id": by_event}
    missing = await http.post("/internal/receipts", json={"receipt_code": "0"}, headers=token)
    assert missing.status_code == 404


async def test_operators_read_complaints_without_their_reporters(
    http: httpx.AsyncClient, complaints: Bench, issuer: Stack
) -> None:
    received = datetime.now(UTC) - timedelta(days=1)
    await complaints.records([record_of(a_completion(received_at=received), 0)])
    filed = [(await file(http, contact=CONTACT, request_number="REQ-1")).json()["complaint_id"] for _ in range(3)]
    token = await bearer(issuer, "operator")
    assert (await http.get("/complaints")).status_code == 401
    assert (await http.get("/complaints", headers=await bearer(issuer, "employee"))).status_code == 403
    first = (await http.get("/complaints", params={"limit": 2, "state": "assigned"}, headers=token)).json()
    second = (await http.get("/complaints", params={"limit": 2, "after": first["next"]}, headers=token)).json()
    assert [one["complaint_id"] for one in first["items"] + second["items"]] == filed[::-1]
    assert second["next"] is None
    answer = await http.get(f"/complaints/{filed[0]}", headers=token)
    one = answer.json()
    assert (one["text"], one["employee_id"], one["request_number"]) == ("Too slow.", str(OFFICER), "REQ-1")
    assert not any(word in answer.text for word in ("Siti", "siti@example.org", "reporter"))
    assert (await http.get(f"/complaints/{uuid.uuid4()}", headers=token)).status_code == 404
    assert (await http.get("/complaints", params={"after": "nonsense"}, headers=token)).status_code == 422


@pytest.mark.parametrize(
    ("more", "field"),
    [({"anonymus": True}, "anonymus"), ({"contact": {"emial": "siti@example.org"}}, "contact.emial")],
)
async def test_a_field_that_nobody_knows_is_refused_by_name(
    http: httpx.AsyncClient, complaints: Bench, more: dict[str, Any], field: str
) -> None:
    """A misspelt `anonymous` would file an open report."""
    answer = await file(http, **more)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await complaints.pool.fetchval("SELECT count(*) FROM complaint") == 0


async def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(
    http: httpx.AsyncClient, complaints: Bench
) -> None:
    await complaints.pool.close()
    answer = await http.get("/complaints/track", headers={"Receipt-Code": "A946-AAVX-DKDE-09JX"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_full_disk_is_a_503_and_the_same_key_files_once_it_is_cleared(
    http: httpx.AsyncClient, complaints: Bench
) -> None:
    key = str(uuid.uuid4())
    await complaints.pool.execute(FILL)
    full = await file(http, key)
    assert (full.status_code, full.headers["retry-after"]) == (503, "30")
    assert full.json()["type"] == "urn:salor:problem:storage-full"
    await complaints.pool.execute(CLEAR)
    assert [(await file(http, key)).status_code for _ in range(2)] == [201, 201]
    assert await complaints.pool.fetchval("SELECT count(*) FROM complaint") == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [(TRACE, TRACE), ("00-nonsense-00", None), (TRACE.upper(), None), (TRACE + "-" + "x" * 5000, None)],
    ids=["a trace", "nonsense", "capitals", "endless"],
)
async def test_the_callers_trace_goes_on_in_what_is_told(
    http: httpx.AsyncClient, complaints: Bench, given: str, kept: str | None
) -> None:
    body = {"category": "undue_delay", "text": "Too slow."}
    await http.post("/complaints", json=body, headers={"Idempotency-Key": str(uuid.uuid4()), "traceparent": given})
    assert await complaints.pool.fetchval("SELECT traceparent FROM outbox") == kept


async def test_a_database_that_hangs_is_a_503_in_time_and_reading_goes_on_when_it_wakes(
    complaints: Bench, issuer: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: a read waits for as long as the server is silent, and holds its connection."""
    monkeypatch.setattr(context, "READ_SECONDS", 0.2)
    async with Proxy(complaints.settings.database_url) as proxy:
        settings = {"database_url": proxy.url, "issuer": issuer.issuer, "roles": ("api",), "pool_size": 2}
        app = await App.open(service, complaints.settings.model_copy(update=settings))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(web(app)), base_url="http://complaints") as http:
            assert (await http.get("/services")).status_code == 200
            proxy.flowing.clear()
            began = time.monotonic()
            answers = await asyncio.gather(*(http.get("/services") for _ in range(5)))
            assert [answer.status_code for answer in answers] == [503] * 5
            assert time.monotonic() - began < 3, "none waits for those before it"
            proxy.flowing.set()
            await until(lambda: reads(http))
        app.pool.terminate()


async def reads(http: httpx.AsyncClient) -> bool:
    return (await http.get("/services")).status_code == 200
