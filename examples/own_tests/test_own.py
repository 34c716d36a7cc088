"""Tests of a project of its own against a whole Salor: copy this folder to begin yours."""

import pytest
from salor_testing import Salor

REPORT = "id.go.salor.frontoffice.ComplaintSubmitted.v1"


async def test_a_report_becomes_a_complaint_and_the_citizen_is_told(salor: Salor) -> None:
    contact = {"name": "Putri", "email": "putri@example.org", "language": "en"}
    body = {"category": "undue_delay", "text": "Three weeks for an identity card.", "contact": contact}
    submission = await salor.submit({"type": REPORT, "data": body})

    answer = await salor.answer(submission)
    filed = await salor.event("ComplaintFiled", complaint_id=answer.data["complaint_id"])
    assert (filed.data["category"], filed.data["employee_id"]) == ("undue_delay", None)
    await salor.event("NotificationAccepted", event_id=filed.attributes["id"], audience="citizen", channel="email")


@pytest.mark.parametrize("structured", [False, True])
async def test_what_is_wrong_is_refused_by_field(salor: Salor, structured: bool) -> None:
    wrong = {"category": "bad_weather", "text": " "}
    answer = await salor.answer(await salor.submit({"type": REPORT, "data": wrong}, structured=structured))
    assert [problem["field"] for problem in answer.data["problems"]] == ["category", "text"]
