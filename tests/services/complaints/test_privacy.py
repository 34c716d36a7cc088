"""Who reported is shown for a reason only: logged, told to the reporter, and never to whom the case is about."""

import uuid
from typing import Any
from uuid import UUID

import httpx

from shared.events.complaints import IdentityRevealed
from tests.services.complaints.given import COLLEAGUE, HEAD, OFFICER
from tests.services.complaints.office import Office
from tests.services.complaints.test_filing import every_word
from tests.services.complaints.test_http import CONTACT, file
from tests.support import Bench

REASON = "the inspectorate has to hear the reporter"
LOG = "SELECT purpose, principal, complaint_id, reason, given_to FROM contact_access ORDER BY id"


async def filed(office: Office, **more: Any) -> dict[str, Any]:
    body = {"contact": CONTACT, "employee_id": str(OFFICER), "request_number": "REQ-1", "confidential": True, **more}
    answer: dict[str, Any] = (await file(office.http, **body)).json()
    return answer


async def search(office: Office, by: UUID, asked: dict[str, str]) -> httpx.Response:
    body = {"reason": "lost the receipt", **asked}
    return await office.http.post("/reporters/search", json=body, headers=office.tokens[by])


async def found(office: Office, asked: dict[str, str], by: UUID = COLLEAGUE) -> list[tuple[str, str]]:
    answer = await search(office, by, asked)
    assert answer.status_code == 200, answer.text
    return [(one["complaint_id"], one["status"]) for one in answer.json()["found"]]


async def log(complaints: Bench) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await complaints.pool.fetch(LOG)]


async def test_a_look_at_the_reporter_is_logged_told_and_read_by_the_reporter(
    office: Office, complaints: Bench
) -> None:
    one = await filed(office)
    case = UUID(one["complaint_id"])
    answer = await office.do(str(case), "reveal", reason=REASON)
    shown = answer.json()
    assert (answer.status_code, shown["contact"]["name"], shown["contact"]["phone"]) == (200, "Siti", "+6281234567890")
    assert await log(complaints) == [("reveal", str(COLLEAGUE), case, REASON, None)]
    (told,) = await complaints.told(IdentityRevealed)
    assert isinstance(told, IdentityRevealed)
    assert (told.complaint_id, str(told.reveal_id)) == (case, shown["reveal_id"])
    assert "Siti" not in await every_word(complaints, "request"), "the answer is kept without it"
    copy = await office.http.get("/complaints/track/data", headers={"Receipt-Code": one["receipt_code"]})
    assert next((look["purpose"], look["reason"]) for look in copy.json()["looks"]) == ("reveal", REASON)


async def test_a_repeated_look_is_one_entry_with_the_same_answer(office: Office, complaints: Bench) -> None:
    case = (await filed(office))["complaint_id"]
    headers = {**office.tokens[COLLEAGUE], "Idempotency-Key": str(uuid.uuid4())}
    first, again = [
        await office.http.post(f"/cases/{case}/reveal", json={"reason": REASON}, headers=headers) for _ in range(2)
    ]
    assert again.json() == first.json()
    assert len(await log(complaints)) == 1


async def test_neither_the_subject_nor_its_superior_looks_nor_anybody_without_a_reason(
    office: Office, complaints: Bench
) -> None:
    case = (await filed(office))["complaint_id"]
    for by in (OFFICER, HEAD):
        for verb, more in (("reveal", {}), ("give-request-number", {"employee_id": str(COLLEAGUE)})):
            assert (await office.do(case, verb, by, reason=REASON, **more)).status_code == 403
    assert (await office.do(case, "reveal", reason="")).status_code == 422
    assert (await office.do(str(uuid.uuid4()), "reveal", reason=REASON)).status_code == 404
    assert await log(complaints) == []
    assert await complaints.told(IdentityRevealed) == []


async def test_nothing_is_left_to_look_at_once_it_was_erased(office: Office) -> None:
    one = await filed(office)
    await office.reply(one["receipt_code"], "erase")
    answer = await office.do(one["complaint_id"], "reveal", reason=REASON)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:salor:problem:reporter-erased")


async def test_a_request_number_is_given_to_the_subject_for_a_reason_and_the_reporter_is_told(
    office: Office, complaints: Bench
) -> None:
    case = (await filed(office))["complaint_id"]
    answer = await office.do(case, "give-request-number", reason=REASON, employee_id=str(OFFICER))
    assert (answer.status_code, answer.json()["request_number"]) == (200, "REQ-1")
    assert await log(complaints) == [("request_number", str(COLLEAGUE), UUID(case), REASON, OFFICER)]
    assert len(await complaints.told(IdentityRevealed)) == 1
    nobody = await office.do(case, "give-request-number", reason=REASON, employee_id=str(uuid.uuid4()))
    assert [error["field"] for error in nobody.json()["errors"]] == ["employee_id"]
    without = (await filed(office, request_number=None))["complaint_id"]
    none = await office.do(without, "give-request-number", reason=REASON, employee_id=str(OFFICER))
    assert (none.status_code, none.json()["type"]) == (409, "urn:salor:problem:no-request-number")


async def test_a_search_finds_by_each_contact_however_written_and_shows_public_states_only(
    office: Office, complaints: Bench
) -> None:
    nik = "1871016908850001"
    case = (await filed(office, contact={**CONTACT, "nik": nik}))["complaint_id"]
    await filed(office, contact={"phone": "081234567891"})
    for asked in ({"nik": nik}, {"phone": "+62 812-3456-7890"}, {"email": "SITI@example.org"}):
        assert await found(office, asked) == [(case, "received")]
    assert await found(office, {"email": "nobody@example.org"}) == []
    looks = await log(complaints)
    assert [(purpose, about) for purpose, _, about, _, _ in looks] == [("search", UUID(case))] * 3 + [("search", None)]
    assert {(principal, reason) for _, principal, _, reason, _ in looks} == {(str(COLLEAGUE), "lost the receipt")}


async def test_a_search_shows_nobody_a_case_about_themselves_or_whom_they_lead(office: Office) -> None:
    case, phone = (await filed(office))["complaint_id"], {"phone": CONTACT["phone"]}
    assert await found(office, phone) == [(case, "received")]
    for by in (OFFICER, HEAD):
        assert await found(office, phone, by) == []


async def test_a_search_by_what_cannot_be_is_refused_by_name(office: Office, complaints: Bench) -> None:
    refused: list[tuple[dict[str, str], list[str]]] = [
        ({}, ["nik"]),
        ({"nik": "1871016908850001", "email": "siti@example.org"}, ["email"]),
        ({"nik": "9" * 16}, ["nik"]),
        ({"phone": "00000"}, ["phone"]),
    ]
    for asked, fields in refused:
        answer = await search(office, COLLEAGUE, asked)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == fields
    assert await log(complaints) == []
