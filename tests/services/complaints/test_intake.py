"""A clerk files for somebody who came or called: with consent, who and when, and a receipt to hand over."""

import uuid
from typing import Any
from uuid import UUID

import httpx

from shared.events.complaints import ComplaintFiled
from tests.services.complaints.given import COLLEAGUE, HEAD, OFFICER, POLICY
from tests.services.complaints.office import Office
from tests.services.complaints.test_http import CONTACT
from tests.support import Bench

REPORT = {
    "category": "undue_delay",
    "text": "Her card was promised for Monday.",
    "contact": CONTACT,
    "channel": "counter",
    "consent": True,
}


async def take(office: Office, by: UUID = COLLEAGUE, key: str = "", **more: Any) -> httpx.Response:
    headers = {**office.tokens[by], "Idempotency-Key": key or str(uuid.uuid4())}
    return await office.http.post("/complaints/on-behalf", json={**REPORT, **more}, headers=headers)


async def test_a_clerk_files_with_consent_and_hands_over_a_receipt(office: Office, complaints: Bench) -> None:
    answer = await take(office)
    filed = answer.json()
    assert answer.status_code == 201
    assert filed["receipt_code"] in filed["page"]
    assert filed["page"].startswith("RECEIPT OF A COMPLAINT"), "the citizen's language is English"
    (row,) = await complaints.pool.fetch(
        "SELECT complaint_id::text, channel, clerk, consented_at IS NOT NULL FROM intake"
    )
    assert tuple(row) == (filed["complaint_id"], "counter", str(COLLEAGUE), True)
    assert len(await complaints.told(ComplaintFiled)) == 1
    code = {"Receipt-Code": filed["receipt_code"]}
    assert (await office.http.get("/complaints/track", headers=code)).json()["status"] == "received"
    copy = (await office.http.get("/complaints/track/data", headers=code)).json()
    assert (copy["channel"], copy["contact"]["name"]) == ("counter", "Siti")


async def test_a_repetition_gives_the_same_receipt(office: Office, complaints: Bench) -> None:
    key = str(uuid.uuid4())
    first, again = await take(office, key=key), await take(office, key=key)
    assert again.json() == first.json()
    assert await complaints.pool.fetchval("SELECT count(*) FROM intake") == 1


async def test_without_consent_nothing_is_kept(office: Office, complaints: Bench) -> None:
    for consent in (False, None, "true", 1):
        answer = await take(office, consent=consent)
        assert [error["field"] for error in answer.json()["errors"]] == ["consent"]
    assert (await take(office, channel="letter")).status_code == 422
    wrong = await take(office, category="nope", contact={"nik": "9" * 16})
    assert [error["field"] for error in wrong.json()["errors"]] == ["category", "contact.nik"]
    for table in ("complaint", "reporter", "intake"):
        assert await complaints.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_nobody_takes_in_a_report_about_themselves_or_whom_they_lead(office: Office, complaints: Bench) -> None:
    for by in (OFFICER, HEAD):
        answer = await take(office, by, employee_id=str(OFFICER))
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:salor:problem:conflict-of-interest")
    assert await complaints.pool.fetchval("SELECT count(*) FROM complaint") == 0
    assert (await take(office, COLLEAGUE, employee_id=str(OFFICER))).status_code == 201


async def test_a_counter_is_not_counted_like_the_open_door(office: Office, complaints: Bench) -> None:
    for _ in range(POLICY.per_contact.filings + 1):
        assert (await take(office)).status_code == 201
    assert await complaints.pool.fetchval("SELECT count(*) FROM recent_filing") == 0
