"""Complaints about one incident are linked by an officer, and each goes its own way on; a link can be taken back."""

from uuid import UUID

from shared.events.complaints import ComplaintLinked, ComplaintUnlinked
from tests.services.complaints.given import COLLEAGUE, OFFICER
from tests.services.complaints.office import Office
from tests.services.complaints.test_http import file
from tests.support import Bench


async def test_linked_complaints_are_told_shown_and_stay_cases_of_their_own(office: Office, complaints: Bench) -> None:
    first, second, other = [
        (await file(office.http, employee_id=str(one))).json()["complaint_id"] for one in (OFFICER, OFFICER, COLLEAGUE)
    ]
    answer = await office.do(second, "link", to_id=first)
    assert (answer.status_code, answer.json()["linked_to"]) == (200, first)
    told = ComplaintLinked(complaint_id=UUID(second), employee_id=OFFICER, to_id=UUID(first))
    assert await complaints.told(ComplaintLinked) == [told]
    shown = await office.http.get(f"/cases/{first}/links", headers=office.tokens[COLLEAGUE])
    assert shown.json() == {"complaint_id": first, "linked_to": None, "linked": [second]}
    again = await office.do(first, "link", to_id=second)
    assert (again.status_code, again.json()["type"]) == (409, "urn:salor:problem:linked-itself")
    hidden = await office.http.get(f"/cases/{first}/links", headers=office.tokens[OFFICER])
    assert hidden.status_code == 404, "nobody reads a case about themselves"
    assert (await office.do(other, "link", to_id=first)).status_code == 403, "the case is about who asks"
    for case in (first, second):
        assert (await office.do(case, "answer", text="It was late.", finding="upheld")).json()["state"] == "answered"


async def test_a_link_is_taken_back_for_a_reason_that_officers_read(office: Office, complaints: Bench) -> None:
    first, second = [(await file(office.http, employee_id=str(OFFICER))).json()["complaint_id"] for _ in range(2)]
    await office.do(second, "link", to_id=first)
    assert (await office.do(second, "unlink", text=" ")).status_code == 422, "why has to be said"
    refused = (await office.do(first, "unlink", text="Wrong.")).json()
    assert (refused["status"], second in refused["detail"]) == (409, True), "the other is the one that is linked"
    answer = await office.do(second, "unlink", text="Another day.")
    assert (answer.status_code, answer.json()["linked_to"]) == (200, None)

    (told,) = await complaints.told(ComplaintUnlinked)
    assert isinstance(told, ComplaintUnlinked)
    assert (str(told.complaint_id), str(told.from_id), told.employee_id) == (second, first, OFFICER)
    shown = await office.http.get(f"/cases/{second}", headers=office.tokens[COLLEAGUE])
    said = [(one["text"], one["audience"], one["author_id"]) for one in shown.json()["said"]]
    assert said == [("Another day.", "internal", str(COLLEAGUE))]
    assert (await office.do(second, "unlink", text="Again.")).json()["type"] == "urn:salor:problem:not-linked"
    assert (await office.do(first, "link", to_id=second)).status_code == 200, "nothing is left of the link"
