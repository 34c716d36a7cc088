"""Cases over HTTP: what officers and reporters see and do, and what neither sees."""

import uuid

from deploy.local.stack import Stack
from tests.services.complaints.given import COLLEAGUE, HEAD, OFFICER
from tests.services.complaints.office import Office
from tests.services.complaints.test_http import CONTACT, bearer, file


async def test_a_case_from_filing_to_its_end_as_both_sides_see_it(office: Office) -> None:
    filed = (await file(office.http, contact=CONTACT, employee_id=str(OFFICER))).json()
    case, code = filed["complaint_id"], filed["receipt_code"]
    assert (await office.do(case, "verify", category="no_service")).json()["state"] == "assigned"
    await office.do(case, "comment", text="Ask Budi first.", audience="internal")
    await office.do(case, "ask", text="On which day?")
    assert (await office.reply(code, "provide", text="On Monday.")).json() == {
        "complaint_id": case,
        "status": "examined",
    }
    await office.do(case, "answer", text="The printer was broken.", finding="upheld")
    key = str(uuid.uuid4())
    assert (await office.reply(code, "rate", key, rating=3)).json()["status"] == "answered"
    assert (await office.reply(code, "rate", key, rating=3)).status_code == 200, "a repetition"
    assert (await office.reply(code, "close")).json()["status"] == "closed"

    seen = await office.see(case)
    one = seen.json()
    assert (one["state"], one["finding"], one["rating"], one["text"]) == ("closed", "upheld", 3, "Too slow.")
    assert [(said["kind"], said["audience"], said["by_reporter"]) for said in one["said"]] == [
        ("comment", "internal", False),
        ("question", "reporter", False),
        ("data", "reporter", True),
        ("answer", "reporter", False),
    ]
    assert one["possible"] == ["handle", "revise"]
    assert not any(word in seen.text for word in ("Siti", "siti@example.org", "081234567890", code))

    tracked = await office.http.get("/complaints/track", headers={"Receipt-Code": code})
    assert [(said["kind"], said["text"]) for said in tracked.json()["said"]] == [
        ("question", "On which day?"),
        ("data", "On Monday."),
        ("answer", "The printer was broken."),
    ]
    about_a_person = ("Budi", "upheld", str(OFFICER), str(COLLEAGUE), "verified", "assigned")
    assert not any(word in tracked.text for word in about_a_person)


async def test_reporter_and_officers_see_the_same_clocks(office: Office) -> None:
    filed = (await file(office.http, employee_id=str(OFFICER))).json()
    case, code = filed["complaint_id"], filed["receipt_code"]

    async def clocks() -> dict[str, bool]:
        """Those that run, and whether they are paused."""
        of_officers = (await office.see(case)).json()["clocks"]
        tracked = await office.http.get("/complaints/track", headers={"Receipt-Code": code})
        assert tracked.json()["clocks"] == of_officers
        assert [one["due_on"] for one in of_officers] == sorted(one["due_on"] for one in of_officers)
        return {one["clock"]: one["paused"] for one in of_officers}

    assert await clocks() == {"verification": False, "first_answer": False, "follow_up": False, "limit": False}
    await office.do(case, "verify")
    await office.do(case, "ask", text="On which day?")
    assert await clocks() == {"first_answer": True, "follow_up": True, "limit": True}
    await office.reply(code, "provide", text="On Monday.")
    assert await clocks() == {"first_answer": False, "follow_up": False, "limit": False}
    await office.do(case, "answer", text="The printer was broken.", finding="upheld")
    assert await clocks() == {"closing": False}
    await office.reply(code, "reopen", text="It is still broken.")
    assert await clocks() == {"follow_up": False, "limit": False}
    await office.reply(code, "withdraw")
    assert await clocks() == {}


async def test_the_list_is_filtered_and_paged(office: Office) -> None:
    named = (await file(office.http, employee_id=str(OFFICER))).json()["complaint_id"]
    unnamed = (await file(office.http, service="skck", category="procedure")).json()["complaint_id"]
    await office.do(unnamed, "handle")
    assert await office.list() == [unnamed, named]
    assert await office.list(state="assigned") == [named]
    assert await office.list(handler=str(COLLEAGUE)) == [unnamed]
    assert await office.list(unit="pelayanan") == [unnamed]
    assert await office.list(category="procedure") == [unnamed]
    assert await office.list(unassigned=True) == [unnamed]
    assert await office.list(unassigned=False) == [named]
    first = (await office.http.get("/cases", params={"limit": 1}, headers=office.tokens[COLLEAGUE])).json()
    assert await office.list(limit=1, after=first["next"]) == [named]


async def test_nobody_sees_a_case_about_themselves_or_about_whom_they_lead(office: Office) -> None:
    about = (await file(office.http, employee_id=str(OFFICER))).json()["complaint_id"]
    other = (await file(office.http, employee_id=str(COLLEAGUE))).json()["complaint_id"]
    assert await office.list(COLLEAGUE) == [about]
    assert await office.list(OFFICER) == [other]
    assert await office.list(HEAD) == []
    for barred in (OFFICER, HEAD):
        assert (await office.see(about, barred)).status_code == 404
        assert (await office.do(about, "verify", barred)).status_code == 403


async def test_cases_are_for_officers_who_are_employees(office: Office, issuer: Stack) -> None:
    case = (await file(office.http)).json()["complaint_id"]
    for path in ("/cases", f"/cases/{case}"):
        assert (await office.http.get(path)).status_code == 401
        assert (await office.http.get(path, headers=await bearer(issuer, "operator"))).status_code == 403
        assert (await office.http.get(path, headers=await bearer(issuer, "officer", "clerk"))).status_code == 403
    assert (await office.see(str(uuid.uuid4()))).status_code == 404
    assert (await office.do(str(uuid.uuid4()), "verify")).status_code == 404


async def test_a_code_that_opens_nothing_does_nothing(office: Office) -> None:
    await file(office.http)
    assert (await office.reply("0000-0000-0000-0000", "withdraw")).status_code == 404
    assert await office.list(state="archived") == []


async def test_the_lists_that_verbs_choose_from_are_published(office: Office) -> None:
    reasons = (await office.http.get("/rejection-reasons")).json()["items"]
    assert {
        "code": "unclear",
        "name": {"id": "Isi laporan tidak jelas", "en": "The report can't be understood"},
    } in reasons
    authorities = (await office.http.get("/authorities")).json()["items"]
    assert authorities[0]["code"] == "inspektorat"
