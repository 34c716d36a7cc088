"""What officers do with cases, on a real database: whom it is about, who must not, how it ends."""

import json
from uuid import UUID

import pytest
from pydantic import BaseModel

from services.complaints.api import cases as api
from services.complaints.model import cases as ask
from services.complaints.model.rows import Audience
from shared.errors import Problem
from shared.events.complaints import (
    ComplaintAssigned,
    ComplaintFiled,
    ComplaintPassedOn,
    ComplaintReferred,
    ComplaintRejected,
    ComplaintVerified,
    PraiseGiven,
    Trigger,
    Visibility,
)
from shared.messaging.requests import Call, Command
from tests.services.complaints.doing import NOTHING, TEXT, UPHELD, do, last, refused
from tests.services.complaints.given import COLLEAGUE, HANDLER, HEAD, OFFICER, a_completion
from tests.services.complaints.test_filing import file, filing, opened, submit
from tests.support import Bench, record_of


async def test_a_verifier_corrects_the_category_and_hides_the_reporter(staffed: Bench) -> None:
    case = await file(staffed, filing(employee_id=OFFICER))
    verify = ask.Verify(category="improper_conduct", visibility=Visibility.ANONYMOUS)
    stands = await do(staffed, api.VERIFY, case, verify)
    assert (stands["state"], stands["verified_at"] is not None) == ("assigned", True)
    told = await last(staffed)
    assert isinstance(told, ComplaintVerified)
    assert (told.category, told.part, told.trigger) == ("improper_conduct", "behaviour", Trigger.AFTER_VERIFICATION)
    assert (told.visibility, told.employee_id) == (Visibility.ANONYMOUS, OFFICER)
    again = await do(staffed, api.VERIFY, case, ask.Verify())
    assert again["verified_at"] == stands["verified_at"], "the first time counts"
    assert await last(staffed) == told, "what is left out stays"
    for said, visibility in (
        ({"names_person": True}, Visibility.CONFIDENTIAL),
        ({"names_person": True, "visibility": Visibility.OPEN}, Visibility.OPEN),
    ):
        await do(staffed, api.VERIFY, case, ask.Verify.model_validate(said))
        told = await last(staffed)
        assert isinstance(told, ComplaintVerified)
        assert told.visibility is visibility, "rahasia by default, and a verifier may say else"
    problem = await refused(staffed, api.VERIFY, case, ask.Verify(category="nope"))
    assert [error.field for error in problem.errors] == ["category"]


async def test_a_report_that_is_berkadar_after_all_is_referred_and_hidden(staffed: Bench) -> None:
    case = await file(staffed, filing(employee_id=OFFICER))
    stands = await do(staffed, api.VERIFY, case, ask.Verify(category="reward_demanded"))
    assert stands["state"] == "passed_on"
    verified, referred = (await staffed.told())[-2:]
    assert isinstance(verified, ComplaintVerified)
    assert (verified.trigger, verified.visibility) == (Trigger.NEVER, Visibility.CONFIDENTIAL)
    assert referred == ComplaintReferred(complaint_id=case, authority="inspektorat")


async def test_bribery_is_referred_at_filing_by_both_doors_and_assigned_to_nobody(staffed: Bench) -> None:
    case = await file(staffed, filing(category="reward_demanded", request_number="REQ-1"))
    await submit(staffed, "sub-1", category="abuse_of_authority", request_number="REQ-1")
    await staffed.records([record_of(a_completion(), 0)])
    kinds = [type(event) for event in await staffed.told()]
    assert kinds.count(ComplaintReferred) == 2
    assert ComplaintAssigned not in kinds
    rows = await staffed.pool.fetch(
        "SELECT state, visibility, authority, ended_at = filed_at AS at_once FROM complaint"
    )
    assert {tuple(row) for row in rows} == {("passed_on", "rahasia", "inspektorat", True)}
    problem = await refused(staffed, api.ANSWER, case, UPHELD)
    assert (problem.status, problem.detail) == (409, "Nothing is possible any more.")


async def test_praise_is_told_once_the_officer_is_known(staffed: Bench) -> None:
    known = await file(staffed, filing(category="praise", employee_id=OFFICER))
    unknown = await file(staffed, filing(category="praise"))
    await file(staffed, filing(category="praise", request_number="REQ-1"))
    await staffed.records([record_of(a_completion(), 0)])
    await do(staffed, api.ASSIGN, unknown, ask.Assign(employee_id=COLLEAGUE))
    praise = [event for event in await staffed.told() if isinstance(event, PraiseGiven)]
    assert [(one.employee_id, one.part) for one in praise] == [
        *((OFFICER, "behaviour"), (OFFICER, "behaviour"), (COLLEAGUE, "behaviour"))
    ]
    assert [praise[0].complaint_id, praise[2].complaint_id] == [known, unknown]


async def test_a_person_names_the_subject_and_another_one_after_that(staffed: Bench) -> None:
    case = await file(staffed, filing())
    assert (await do(staffed, api.ASSIGN, case, ask.Assign(employee_id=OFFICER)))["state"] == "assigned"
    told = await last(staffed)
    assert isinstance(told, ComplaintAssigned)
    assert (told.employee_id, told.unit) == (OFFICER, "pelayanan")
    await staffed.events([opened(case)])
    stands = await do(staffed, api.ASSIGN, case, ask.Assign(employee_id=COLLEAGUE))
    assert (stands["state"], stands["employee_id"]) == ("examined", str(COLLEAGUE))
    assert await last(staffed) == told.model_copy(update={"employee_id": COLLEAGUE})
    problem = await refused(staffed, api.ASSIGN, case, ask.Assign(employee_id=COLLEAGUE))
    assert problem.code == "assigned-already"
    problem = await refused(staffed, api.ASSIGN, case, ask.Assign(employee_id=UUID(int=99)))
    assert [error.field for error in problem.errors] == ["employee_id"]


async def test_a_record_that_comes_late_assigns_whatever_is_unassigned_and_unanswered(staffed: Bench) -> None:
    cases = [await file(staffed, filing(request_number="REQ-1")) for _ in range(4)]
    await do(staffed, api.VERIFY, cases[0], ask.Verify())
    await do(staffed, api.ASK, cases[1], TEXT)
    await do(staffed, api.ASSIGN, cases[2], ask.Assign(employee_id=COLLEAGUE))
    await do(staffed, api.VERIFY, cases[3], ask.Verify())
    await do(staffed, api.ANSWER, cases[3], UPHELD)
    await staffed.records([record_of(a_completion(), 0)])
    rows = await staffed.pool.fetch("SELECT complaint_id, state, employee_id FROM complaint")
    assert {row["complaint_id"]: (row["state"], row["employee_id"]) for row in rows} == {
        cases[0]: ("assigned", OFFICER),
        cases[1]: ("on_hold", OFFICER),
        cases[2]: ("assigned", COLLEAGUE),
        cases[3]: ("answered", None),
    }


@pytest.mark.parametrize("barred", [OFFICER, HEAD])
async def test_neither_the_subject_nor_the_superior_acts_on_a_case_or_is_given_it(staffed: Bench, barred: UUID) -> None:
    case = await file(staffed, filing(employee_id=OFFICER))
    verbs: list[tuple[Command, BaseModel]] = [
        (api.VERIFY, ask.Verify()),
        (api.ASSIGN, ask.Assign(employee_id=COLLEAGUE)),
        (api.HANDLE, ask.Handle()),
        (api.ASK, TEXT),
        (api.COMMENT, ask.Comment(text="Words.", audience=Audience.INTERNAL)),
        (api.ANSWER, UPHELD),
        (api.REVISE, UPHELD),
        (api.CLOSE, NOTHING),
        (api.REJECT, ask.Reject(text="Words.", reason="unclear")),
        (api.PASS_ON, ask.PassOn(text="Words.", authority="kepolisian")),
        (api.REFER, TEXT),
    ]
    for verb, asked in verbs:
        problem = await refused(staffed, verb, case, asked, barred)
        assert (problem.status, problem.code) == (403, "conflict-of-interest"), verb.name
    problem = await refused(staffed, api.HANDLE, case, ask.Handle(employee_id=barred))
    assert (problem.status, problem.code) == (409, "conflict-of-interest")


async def test_whoever_names_the_subject_is_neither_it_nor_its_superior(staffed: Bench) -> None:
    case = await file(staffed, filing())
    for barred in (OFFICER, HEAD):
        problem = await refused(staffed, api.ASSIGN, case, ask.Assign(employee_id=OFFICER), barred)
        assert (problem.status, problem.code) == (403, "conflict-of-interest")


async def test_a_handler_who_turns_out_to_be_the_subject_or_its_superior_handles_no_more(staffed: Bench) -> None:
    by_person, by_record = await file(staffed, filing()), await file(staffed, filing(request_number="REQ-1"))
    await do(staffed, api.HANDLE, by_person, ask.Handle(employee_id=OFFICER))
    await do(staffed, api.HANDLE, by_record, ask.Handle(), HEAD)
    await do(staffed, api.ASSIGN, by_person, ask.Assign(employee_id=OFFICER))
    await staffed.records([record_of(a_completion(), 0)])
    rows = await staffed.pool.fetch("SELECT employee_id, handler_id FROM complaint")
    assert [tuple(row) for row in rows] == [(OFFICER, None)] * 2


async def test_a_case_is_rejected_for_a_reason_of_the_list_and_that_is_a_finding(staffed: Bench) -> None:
    case = await file(staffed, filing(employee_id=OFFICER))
    problem = await refused(staffed, api.REJECT, case, ask.Reject(text="Words.", reason="boring"))
    assert [error.field for error in problem.errors] == ["reason"]
    stands = await do(staffed, api.REJECT, case, ask.Reject(text="Words.", reason="unclear"))
    assert (stands["state"], stands["finding"]) == ("archived", "rejected")
    assert await last(staffed) == ComplaintRejected(complaint_id=case, employee_id=OFFICER, reason="unclear")
    assert (await do(staffed, api.REVISE, case, UPHELD))["finding"] == "upheld"


async def test_a_case_is_passed_on_to_an_authority_of_the_list_or_referred(staffed: Bench) -> None:
    passed, referred = await file(staffed, filing()), await file(staffed, filing())
    problem = await refused(staffed, api.PASS_ON, passed, ask.PassOn(text="Words.", authority="nasa"))
    assert [error.field for error in problem.errors] == ["authority"]
    await do(staffed, api.PASS_ON, passed, ask.PassOn(text="Words.", authority="kepolisian"))
    assert await last(staffed) == ComplaintPassedOn(complaint_id=passed, employee_id=None, authority="kepolisian")
    assert (await do(staffed, api.REFER, referred, TEXT))["state"] == "passed_on"
    verified, told = (await staffed.told())[-2:]
    assert isinstance(verified, ComplaintVerified)
    assert verified.trigger is Trigger.NEVER, "what followed has to be undone"
    assert verified.visibility is Visibility.CONFIDENTIAL, "the reporter is told so"
    assert told == ComplaintReferred(complaint_id=referred, authority="inspektorat")


async def test_who_is_no_employee_of_the_directory_does_nothing(staffed: Bench) -> None:
    case = await file(staffed, filing())
    assert (await refused(staffed, api.VERIFY, case, ask.Verify(), UUID(int=99))).code == "unknown-officer"
    assert (await refused(staffed, api.VERIFY, UUID(int=1), ask.Verify())).status == 404


async def test_many_verbs_of_one_lot_take_effect_and_a_bad_one_fails_alone(staffed: Bench) -> None:
    await submit(staffed, "one")
    await submit(staffed, "two")
    filed = [event.complaint_id for event in await staffed.told() if isinstance(event, ComplaintFiled)]
    asked = [*((one, ask.Verify()) for one in filed), (filed[0], ask.Verify(category="nope"))]
    calls = [
        Call(api.VERIFY, ask.OnCase(complaint_id=case, asked=verify), str(HANDLER), str(n))
        for n, (case, verify) in enumerate(asked)
    ]
    await staffed.requests.settle(calls)
    *good, bad = calls
    assert [json.loads((await call.outcome)[0].body)["state"] for call in good] == ["verified", "verified"]
    with pytest.raises(Problem):
        await bad.outcome
