"""With the receipt code a reporter reads, corrects and erases what is kept; each use is in the log."""

import json
import uuid
from typing import Any
from uuid import UUID

import httpx

from shared.events.complaints import ReporterErased
from shared.events.frontoffice import FRONTOFFICE
from shared.messaging.record import Record
from tests.services.complaints.given import a_complaint
from tests.services.complaints.test_filing import TRACES, every_word
from tests.services.complaints.test_http import file
from tests.support import Bench, record_of

CONTACT = {"name": "Siti", "nik": "1871016908850001", "phone": "0812-3456-7890", "email": "Siti@Example.org"}
LOG = "SELECT purpose, principal FROM contact_access WHERE complaint_id = $1 ORDER BY id"


async def filed(http: httpx.AsyncClient, **contact: Any) -> tuple[UUID, str]:
    answer = (await file(http, contact=contact or CONTACT)).json()
    return UUID(answer["complaint_id"]), answer["receipt_code"]


async def post(http: httpx.AsyncClient, path: str, code: str, body: object = None, key: str = "") -> httpx.Response:
    headers = {"Receipt-Code": code, "Idempotency-Key": key or str(uuid.uuid4())}
    return await http.post(path, json=body, headers=headers)


async def bury(complaints: Bench, body: dict[str, Any], offset: int) -> None:
    """A record of an office that can't be read becomes a dead letter."""
    whole = record_of(a_complaint(), 0, event_id=f"dead-{offset}", source="urn:office", offset=offset)
    await complaints.records([Record(whole.topic, 0, offset, whole.key, whole.headers, json.dumps(body).encode())])


async def test_a_copy_shows_all_that_is_kept_and_who_had_reason_to_look(
    http: httpx.AsyncClient, complaints: Bench
) -> None:
    complaint_id, code = await filed(http)
    answer = await http.get("/complaints/track/data", headers={"Receipt-Code": code})
    copy = answer.json()
    assert answer.status_code == 200
    assert copy["contact"] == {
        "name": "Siti",
        "nik": CONTACT["nik"],
        "phone": "+6281234567890",
        "email": "siti@example.org",
        "language": "id",
    }
    assert (copy["complaint_id"], copy["text"], copy["erased_at"]) == (str(complaint_id), "Too slow.", None)
    assert [look["purpose"] for look in copy["looks"]] == ["own_copy"]
    assert [tuple(row) for row in await complaints.pool.fetch(LOG, complaint_id)] == [("own_copy", "reporter")]
    assert (
        await http.get("/complaints/track/data", headers={"Receipt-Code": "0000-0000-0000-0000"})
    ).status_code == 404


async def test_a_corrected_contact_takes_the_place_of_the_old_one(http: httpx.AsyncClient, complaints: Bench) -> None:
    complaint_id, code = await filed(http)
    new = {"email": "siti.new@example.org", "language": "en"}
    answer = await post(http, "/complaints/track/contact", code, {"contact": new})
    assert answer.status_code == 200
    (row,) = await complaints.pool.fetch("SELECT name, nik, phone, email, language FROM reporter")
    assert tuple(row) == (None, None, None, new["email"], "en")
    assert [tuple(row) for row in await complaints.pool.fetch(LOG, complaint_id)] == [("own_correction", "reporter")]
    assert "example.org" not in await every_word(complaints, "request")


async def test_a_contact_that_cannot_be_changes_nothing_and_is_named(
    http: httpx.AsyncClient, complaints: Bench
) -> None:
    complaint_id, code = await filed(http)
    answer = await post(http, "/complaints/track/contact", code, {"contact": {"nik": "9" * 16}})
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["contact.nik"])
    assert await complaints.pool.fetchval("SELECT nik FROM reporter") == CONTACT["nik"]
    assert await complaints.pool.fetch(LOG, complaint_id) == []


async def test_erasing_leaves_no_word_of_the_reporter_and_is_told_once(
    http: httpx.AsyncClient, complaints: Bench
) -> None:
    complaint_id, code = await filed(http)
    first = await post(http, "/complaints/track/erase", code)
    again = await post(http, "/complaints/track/erase", code)
    assert (first.status_code, again.status_code) == (200, 200)
    assert await complaints.told(ReporterErased) == [ReporterErased(complaint_id=complaint_id)]
    for table in TRACES:
        words = (await every_word(complaints, table)).lower()
        assert not any(word in words for word in ("siti", CONTACT["nik"], "81234567890")), table
    refused = await post(http, "/complaints/track/contact", code, {"contact": {"email": "siti@example.org"}})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:salor:problem:reporter-erased")
    assert (await http.get("/complaints/track", headers={"Receipt-Code": code})).status_code == 200


async def test_erasing_drops_the_dead_letters_about_the_reporter_and_no_other(
    http: httpx.AsyncClient, complaints: Bench
) -> None:
    _, code = await filed(http)
    await bury(complaints, {"category": 7, "contact": {"phone": "+62 812 3456 7890"}}, 1)
    await bury(complaints, {"category": 7, "contact": {"phone": "0812 3456 7891", "name": "Siti"}}, 2)
    await bury(complaints, {"category": 7, "text": f"NIK {CONTACT['nik']}"}, 3)
    count = "SELECT record_offset FROM dead_letter WHERE topic = $1 ORDER BY record_offset"
    assert len(await complaints.pool.fetch(count, FRONTOFFICE.name)) == 3
    await post(http, "/complaints/track/erase", code)
    assert [row[0] for row in await complaints.pool.fetch(count, FRONTOFFICE.name)] == [2]


async def test_a_code_opens_its_own_data_only(http: httpx.AsyncClient, complaints: Bench) -> None:
    complaint_id, _ = await filed(http)
    _, other = await filed(http, email="tono@example.org")
    await post(http, "/complaints/track/erase", other)
    left = await complaints.pool.fetch("SELECT complaint_id FROM reporter WHERE erased_at IS NULL")
    assert [row[0] for row in left] == [complaint_id]
    assert (await post(http, "/complaints/track/erase", "0000-0000-0000-0000")).status_code == 404
