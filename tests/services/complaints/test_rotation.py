"""A new key takes no receipt code from anybody, and gives nobody a second voice."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import httpx
import pytest

from deploy.local.stack import Stack
from services.complaints.app import service
from services.complaints.settings import ComplaintSettings
from shared.errors import SetupError
from shared.service import App, web
from shared.settings import read
from tests.services.complaints.given import KEYS, a_complaint
from tests.services.complaints.test_http import CONTACT, bearer, file
from tests.support import Bench, record_of

OLD, NEW = KEYS["receipt_keys"], "99" * 32
BEFORE_TODAY = date(datetime.now(UTC).year - 1, 12, 1)
ROTATED = {
    "receipt_keys": f"{OLD},{BEFORE_TODAY:%Y-%m}:{NEW}",
    "reporter_keys": f"{KEYS['reporter_keys']},2999-01:{NEW}",
}
WITHDRAWN = {**ROTATED, "receipt_keys": NEW}
REFERENCES = "SELECT DISTINCT reporter_ref FROM complaint"


@asynccontextmanager
async def serving(bench: Bench, issuer: Stack, **keys: str) -> AsyncIterator[httpx.AsyncClient]:
    """The service over the same database, with other keys."""
    given = bench.settings.model_dump() | {"issuer": issuer.issuer, "roles": ("api",)} | keys
    app = App(service, ComplaintSettings(**given), bench.pool, bench.policies)
    await app.start()
    transport = httpx.ASGITransport(web(app), client=("192.0.2.1", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://complaints") as client:
        yield client
    for task in app.tasks.values():
        task.cancel()


async def code_in_mail(http: httpx.AsyncClient, issuer: Stack, complaint_id: str) -> str | None:
    asked = {"purpose": "received", "complaint_ids": [complaint_id]}
    answer = await http.post("/internal/contacts", json=asked, headers=await bearer(issuer, "service", "notifications"))
    code: str | None = answer.json()["contacts"][0]["receipt_code"]
    return code


async def test_after_a_rotation_a_repetition_gets_the_same_bytes_and_old_codes_open(
    complaints: Bench, issuer: Stack
) -> None:
    key = str(uuid.uuid4())
    async with serving(complaints, issuer, **KEYS) as http:
        first = await file(http, key, contact=CONTACT)
    async with serving(complaints, issuer, **ROTATED) as http:
        again = await file(http, key, contact=CONTACT)
        assert (again.status_code, again.content) == (201, first.content)
        tracked = await http.get("/complaints/track", headers={"Receipt-Code": first.json()["receipt_code"]})
        assert tracked.status_code == 200
        another = await file(http, contact=CONTACT)
    async with serving(complaints, issuer, **WITHDRAWN) as http:
        tracked = await http.get("/complaints/track", headers={"Receipt-Code": another.json()["receipt_code"]})
        assert tracked.json()["complaint_id"] == another.json()["complaint_id"]


async def test_the_first_mail_of_a_complaint_before_the_rotation_has_the_code_that_opens_it(
    complaints: Bench, issuer: Stack
) -> None:
    await complaints.records([record_of(a_complaint(contact=CONTACT), 0, source="urn:office")])
    complaint_id = str(await complaints.pool.fetchval("SELECT complaint_id FROM complaint"))
    async with serving(complaints, issuer, **ROTATED) as http:
        code = await code_in_mail(http, issuer, complaint_id)
        tracked = await http.get("/complaints/track", headers={"Receipt-Code": str(code)})
        assert tracked.json()["complaint_id"] == complaint_id


async def test_where_a_receipt_key_was_withdrawn_no_wrong_code_is_shown_but_codes_open(
    complaints: Bench, issuer: Stack
) -> None:
    key = str(uuid.uuid4())
    async with serving(complaints, issuer, **KEYS) as http:
        first = (await file(http, key)).json()
    async with serving(complaints, issuer, **WITHDRAWN) as http:
        again = await file(http, key)
        assert (again.status_code, again.json()["type"]) == (410, "urn:salor:problem:receipt-code-gone")
        assert await code_in_mail(http, issuer, first["complaint_id"]) is None
        tracked = await http.get("/complaints/track", headers={"Receipt-Code": first["receipt_code"]})
        assert tracked.json()["complaint_id"] == first["complaint_id"]


async def test_a_citizen_keeps_one_voice_when_the_next_quarters_key_is_rolled_out(
    complaints: Bench, issuer: Stack
) -> None:
    for keys in (KEYS, ROTATED):
        async with serving(complaints, issuer, **keys) as http:
            assert (await file(http, contact=CONTACT)).status_code == 201
    assert len(await complaints.pool.fetch(REFERENCES)) == 1


def test_all_that_is_wrong_with_the_keys_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {"DATABASE_URL": "postgresql://x", "KAFKA": "k:1", "ISSUER": "http://i"}
    for name, value in {**good, "RECEIPT_KEYS": "short", "REPORTER_KEYS": f"{OLD},2026-11:{NEW}"}.items():
        monkeypatch.setenv(f"SALOR_{name}", value)
    with pytest.raises(SetupError) as wrong:
        read(ComplaintSettings)
    assert "SALOR_RECEIPT_KEYS: Value error, key 1 must be 64 hex digits" in str(wrong.value)
    assert "SALOR_REPORTER_KEYS: Value error, key 2 can't begin in 2026-11" in str(wrong.value)
