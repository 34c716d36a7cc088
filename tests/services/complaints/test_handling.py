"""What officers do with cases, on a real database: each verb with what it tells, and who must not."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from services.complaints.api import cases as api
from services.complaints.api import replies
from services.complaints.model import cases as ask
from services.complaints.model.rows import Audience
from shared.errors import Problem
from shared.events import Event
from shared.events.complaints import (
    CommentAdded,
    ComplaintAnswered,
    ComplaintAssigned,
    ComplaintClosed,
    ComplaintFiled,
    ComplaintPassedOn,
    ComplaintRated,
    ComplaintReferred,
    ComplaintRejected,
    ComplaintReopened,
    ComplaintVerified,
    ComplaintWithdrawn,
    DataProvided,
    DataRequested,
    Finding,
    FindingRevised,
    PraiseGiven,
    Trigger,
    Visibility,
)
from shared.messaging.requests import Call, Command
from tests.services.complaints.given import (
    COLLEAGUE,
    HANDLING,
    HEAD,
    OFFICER,
    a_completion,
    a_unit,
    an_employee,
)
from tests.services.complaints.test_filing import file, filing, opened, submit
from tests.support import Bench, record_of

HANDLER = UUID(int=0xD)
TEXT = ask.Text(text="Words.")
UPHELD = ask.Answer(text="You waited too long.", finding=Finding.UPHELD)
NOTHING = ask.Nothing()


@pytest.fixture
async def office(complaints: Bench) -> Bench:
    """The bench, with people: HEAD leads all, the others are colleagues."""
    people = [an_employee(one) for one in (OFFICER, COLLEAGUE, HEAD, HANDLER)]
    await complaints.events([a_unit(), *people])
    return complaints


async def do(bench: Bench, verb: Command, case: UUID, asked: BaseModel, by: UUID | None = HANDLER) -> dict[str, Any]:
    """Run a verb; `by` nobody is the reporter. Raises Problem where it is refused."""
    principal = str(by) if by else "public"
    _, answer = await bench.command(verb, ask.OnCase(complaint_id=case, asked=asked), principal=principal)
    found: dict[str, Any] = json.loads(answer)
    return found


async def last(bench: Bench) -> Event:
    return (await bench.told())[-1]


async def refused(bench: Bench, verb: Command, case: UUID, asked: BaseModel, by: UUID | None = HANDLER) -> Problem:
    """Why a verb is refused; nothing of it is left."""
    before = [await bench.pool.fetch(f"SELECT * FROM {table} ORDER BY 1") for table in ("complaint", "said", "outbox")]
    with pytest.raises(Problem) as refusal:
        await do(bench, verb, case, asked, by)
    after = [await bench.pool.fetch(f"SELECT * FROM {table} ORDER BY 1") for table in ("complaint", "said", "outbox")]
    assert after == before
    return refusal.value


async def test_a_verifier_corrects_the_category_and_hides_the_reporter(office: Bench) -> None:
    case = await file(office, filing(employee_id=OFFICER))
    verify = ask.Verify(category="improper_conduct", visibility=Visibility.ANONYMOUS)
    stands = await do(office, api.VERIFY, case, verify)
    assert (stands["state"], stands["verified_at"] is not None) == ("assigned", True)
    told = await last(office)
    assert isinstance(told, ComplaintVerified)
    assert (told.category, told.part, told.trigger) == ("improper_conduct", "behaviour", Trigger.AFTER_VERIFICATION)
    assert (told.visibility, told.employee_id) == (Visibility.ANONYMOUS, OFFICER)
    again = await do(office, api.VERIFY, case, ask.Verify())
    assert again["verified_at"] == stands["verified_at"], "the first time counts"
    assert await last(office) == told, "what is left out stays"
    for said, visibility in (
        ({"names_person": True}, Visibility.CONFIDENTIAL),
        ({"names_person": True, "visibility": Visibility.OPEN}, Visibility.OPEN),
    ):
        await do(office, api.VERIFY, case, ask.Verify.model_validate(said))
        told = await last(office)
        assert isinstance(told, ComplaintVerified)
        assert told.visibility is visibility, "rahasia by default, and a verifier may say else"
    problem = await refused(office, api.VERIFY, case, ask.Verify(category="nope"))
    assert [error.field for error in problem.errors] == ["category"]


async def test_a_report_that_is_berkadar_after_all_is_referred_and_hidden(office: Bench) -> None:
    case = await file(office, filing(employee_id=OFFICER))
    stands = await do(office, api.VERIFY, case, ask.Verify(category="reward_demanded"))
    assert stands["state"] == "passed_on"
    verified, referred = (await office.told())[-2:]
    assert isinstance(verified, ComplaintVerified)
    assert (verified.trigger, verified.visibility) == (Trigger.NEVER, Visibility.CONFIDENTIAL)
    assert referred == ComplaintReferred(complaint_id=case, authority="inspektorat")


async def test_bribery_is_referred_at_filing_by_both_doors_and_assigned_to_nobody(office: Bench) -> None:
    case = await file(office, filing(category="reward_demanded", request_number="REQ-1"))
    await submit(office, "sub-1", category="abuse_of_authority", request_number="REQ-1")
    await office.records([record_of(a_completion(), 0)])
    kinds = [type(event) for event in await office.told()]
    assert kinds.count(ComplaintReferred) == 2
    assert ComplaintAssigned not in kinds
    rows = await office.pool.fetch("SELECT state, visibility, authority, ended_at = filed_at AS at_once FROM complaint")
    assert {tuple(row) for row in rows} == {("passed_on", "rahasia", "inspektorat", True)}
    problem = await refused(office, api.ANSWER, case, UPHELD)
    assert (problem.status, problem.detail) == (409, "Nothing is possible any more.")


async def test_praise_is_told_once_the_officer_is_known(office: Bench) -> None:
    known = await file(office, filing(category="praise", employee_id=OFFICER))
    unknown = await file(office, filing(category="praise"))
    await file(office, filing(category="praise", request_number="REQ-1"))
    await office.records([record_of(a_completion(), 0)])
    await do(office, api.ASSIGN, unknown, ask.Assign(employee_id=COLLEAGUE))
    praise = [event for event in await office.told() if isinstance(event, PraiseGiven)]
    assert [(one.employee_id, one.part) for one in praise] == [
        *((OFFICER, "behaviour"), (OFFICER, "behaviour"), (COLLEAGUE, "behaviour"))
    ]
    assert [praise[0].complaint_id, praise[2].complaint_id] == [known, unknown]


async def test_a_person_names_the_subject_and_another_one_after_that(office: Bench) -> None:
    case = await file(office, filing())
    assert (await do(office, api.ASSIGN, case, ask.Assign(employee_id=OFFICER)))["state"] == "assigned"
    told = await last(office)
    assert isinstance(told, ComplaintAssigned)
    assert (told.employee_id, told.unit) == (OFFICER, "pelayanan")
    await office.events([opened(case)])
    stands = await do(office, api.ASSIGN, case, ask.Assign(employee_id=COLLEAGUE))
    assert (stands["state"], stands["employee_id"]) == ("examined", str(COLLEAGUE))
    assert await last(office) == told.model_copy(update={"employee_id": COLLEAGUE})
    problem = await refused(office, api.ASSIGN, case, ask.Assign(employee_id=COLLEAGUE))
    assert problem.code == "assigned-already"
    problem = await refused(office, api.ASSIGN, case, ask.Assign(employee_id=UUID(int=99)))
    assert [error.field for error in problem.errors] == ["employee_id"]


async def test_a_record_that_comes_late_assigns_whatever_is_unassigned_and_unanswered(office: Bench) -> None:
    cases = [await file(office, filing(request_number="REQ-1")) for _ in range(4)]
    await do(office, api.VERIFY, cases[0], ask.Verify())
    await do(office, api.ASK, cases[1], TEXT)
    await do(office, api.ASSIGN, cases[2], ask.Assign(employee_id=COLLEAGUE))
    await do(office, api.VERIFY, cases[3], ask.Verify())
    await do(office, api.ANSWER, cases[3], UPHELD)
    await office.records([record_of(a_completion(), 0)])
    rows = await office.pool.fetch("SELECT complaint_id, state, employee_id FROM complaint")
    assert {row["complaint_id"]: (row["state"], row["employee_id"]) for row in rows} == {
        cases[0]: ("assigned", OFFICER),
        cases[1]: ("on_hold", OFFICER),
        cases[2]: ("assigned", COLLEAGUE),
        cases[3]: ("answered", None),
    }


@pytest.mark.parametrize("barred", [OFFICER, HEAD])
async def test_neither_the_subject_nor_the_superior_acts_on_a_case_or_is_given_it(office: Bench, barred: UUID) -> None:
    case = await file(office, filing(employee_id=OFFICER))
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
        problem = await refused(office, verb, case, asked, barred)
        assert (problem.status, problem.code) == (403, "conflict-of-interest"), verb.name
    problem = await refused(office, api.HANDLE, case, ask.Handle(employee_id=barred))
    assert (problem.status, problem.code) == (409, "conflict-of-interest")


async def test_whoever_names_the_subject_is_neither_it_nor_its_superior(office: Bench) -> None:
    case = await file(office, filing())
    for barred in (OFFICER, HEAD):
        problem = await refused(office, api.ASSIGN, case, ask.Assign(employee_id=OFFICER), barred)
        assert (problem.status, problem.code) == (403, "conflict-of-interest")


async def test_a_handler_who_turns_out_to_be_the_subject_or_its_superior_handles_no_more(office: Bench) -> None:
    by_person, by_record = await file(office, filing()), await file(office, filing(request_number="REQ-1"))
    await do(office, api.HANDLE, by_person, ask.Handle(employee_id=OFFICER))
    await do(office, api.HANDLE, by_record, ask.Handle(), HEAD)
    await do(office, api.ASSIGN, by_person, ask.Assign(employee_id=OFFICER))
    await office.records([record_of(a_completion(), 0)])
    rows = await office.pool.fetch("SELECT employee_id, handler_id FROM complaint")
    assert [tuple(row) for row in rows] == [(OFFICER, None)] * 2


async def test_the_handler_answers_and_whoever_answers_first_is_the_handler(office: Bench) -> None:
    case = await file(office, filing(employee_id=OFFICER))
    stands = await do(office, api.ANSWER, case, UPHELD)
    assert (stands["state"], stands["handler_id"], stands["finding"]) == ("answered", str(HANDLER), "upheld")
    answered = ComplaintAnswered(complaint_id=case, employee_id=OFFICER, finding=Finding.UPHELD, times=1)
    assert await last(office) == answered
    problem = await refused(office, api.ANSWER, case, UPHELD, COLLEAGUE)
    assert (problem.status, problem.code) == (409, "not-the-handler")
    await do(office, api.HANDLE, case, ask.Handle(), COLLEAGUE)
    await do(office, api.ANSWER, case, UPHELD, COLLEAGUE)
    assert await last(office) == answered.model_copy(update={"times": 2})


async def test_a_finding_is_revised_after_the_end_and_never_to_the_same(office: Bench) -> None:
    case = await file(office, filing(employee_id=OFFICER))
    await do(office, api.ANSWER, case, UPHELD)
    assert (await do(office, api.CLOSE, case, NOTHING))["state"] == "closed"
    assert await last(office) == ComplaintClosed(complaint_id=case, by="handler")
    rejected = ask.Answer(text="The camera shows otherwise.", finding=Finding.REJECTED)
    assert (await do(office, api.REVISE, case, rejected))["finding"] == "rejected"
    assert await last(office) == FindingRevised(complaint_id=case, employee_id=OFFICER, finding=Finding.REJECTED)
    assert (await refused(office, api.REVISE, case, rejected)).code == "same-finding"


async def test_the_reporter_is_asked_and_gives_what_was_missing(office: Bench) -> None:
    case = await file(office, filing())
    for times in (1, 2):
        assert (await do(office, api.ASK, case, TEXT))["state"] == "on_hold"
        assert await last(office) == DataRequested(complaint_id=case, times=times)
        assert (await refused(office, api.ASK, case, TEXT)).code == "not-in-this-state"
        assert (await do(office, replies.PROVIDE, case, TEXT, None))["status"] == "examined"
        assert await last(office) == DataProvided(complaint_id=case, times=times)


async def test_comments_are_told_but_internal_ones(office: Bench) -> None:
    case = await file(office, filing())
    for audience in Audience:
        await do(office, api.COMMENT, case, ask.Comment(text=f"For {audience}.", audience=audience))
    await do(office, replies.COMMENT, case, ask.Text(text="From the reporter."), None)
    told = [event for event in await office.told() if isinstance(event, CommentAdded)]
    said = {row["said_id"]: row["text"] for row in await office.pool.fetch("SELECT said_id, text FROM said")}
    assert [(one.by_reporter, said[one.comment_id]) for one in told] == [
        *((False, "For public."), (False, "For reporter."), (True, "From the reporter."))
    ]
    assert len(said) == 4


@pytest.mark.parametrize(("text", "problem"), [(" ", "is empty"), ("x" * 5001, "is longer than 5000 characters")])
async def test_what_is_said_is_a_text_that_is_not_too_long(office: Bench, text: str, problem: str) -> None:
    case = await file(office, filing())
    refusal = await refused(office, replies.COMMENT, case, ask.Text(text=text), None)
    assert [(error.field, error.problem) for error in refusal.errors] == [("text", problem)]


async def test_a_case_is_rejected_for_a_reason_of_the_list_and_that_is_a_finding(office: Bench) -> None:
    case = await file(office, filing(employee_id=OFFICER))
    problem = await refused(office, api.REJECT, case, ask.Reject(text="Words.", reason="boring"))
    assert [error.field for error in problem.errors] == ["reason"]
    stands = await do(office, api.REJECT, case, ask.Reject(text="Words.", reason="unclear"))
    assert (stands["state"], stands["finding"]) == ("archived", "rejected")
    assert await last(office) == ComplaintRejected(complaint_id=case, employee_id=OFFICER, reason="unclear")
    assert (await do(office, api.REVISE, case, UPHELD))["finding"] == "upheld"


async def test_a_case_is_passed_on_to_an_authority_of_the_list_or_referred(office: Bench) -> None:
    passed, referred = await file(office, filing()), await file(office, filing())
    problem = await refused(office, api.PASS_ON, passed, ask.PassOn(text="Words.", authority="nasa"))
    assert [error.field for error in problem.errors] == ["authority"]
    await do(office, api.PASS_ON, passed, ask.PassOn(text="Words.", authority="kepolisian"))
    assert await last(office) == ComplaintPassedOn(complaint_id=passed, employee_id=None, authority="kepolisian")
    assert (await do(office, api.REFER, referred, TEXT))["state"] == "passed_on"
    assert await last(office) == ComplaintReferred(complaint_id=referred, authority="inspektorat")


async def test_the_reporter_closes_reopens_while_the_term_runs_and_rates_once(office: Bench) -> None:
    case = await file(office, filing(employee_id=OFFICER))
    await do(office, api.ANSWER, case, UPHELD)
    assert (await do(office, replies.CLOSE, case, NOTHING, None))["status"] == "closed"
    assert await last(office) == ComplaintClosed(complaint_id=case, by="reporter")
    await do(office, replies.RATE, case, ask.Rate(rating=2), None)
    assert await last(office) == ComplaintRated(complaint_id=case, rating=2)
    assert (await refused(office, replies.RATE, case, ask.Rate(rating=4), None)).code == "rated-already"
    for times in (1, 2):
        assert (await do(office, replies.REOPEN, case, TEXT, None))["status"] == "reopened"
        assert await last(office) == ComplaintReopened(complaint_id=case, times=times)
        assert await office.pool.fetchval("SELECT ended_at FROM complaint") is None
        await do(office, api.ANSWER, case, UPHELD)
    await do(office, api.CLOSE, case, NOTHING)
    over = datetime.now(UTC) - timedelta(days=HANDLING.reopen_days.value + 1)
    await office.pool.execute("UPDATE complaint SET ended_at = $1", over)
    assert (await refused(office, replies.REOPEN, case, TEXT, None)).code == "term-over"
    await office.pool.execute("UPDATE complaint SET ended_at = $1", over + timedelta(days=1))
    await do(office, replies.REOPEN, case, TEXT, None)


async def test_the_reporter_withdraws_and_there_is_no_finding(office: Bench) -> None:
    case = await file(office, filing(employee_id=OFFICER))
    assert (await do(office, replies.WITHDRAW, case, NOTHING, None))["status"] == "archived"
    assert await last(office) == ComplaintWithdrawn(complaint_id=case, employee_id=OFFICER)
    assert (await refused(office, api.REVISE, case, UPHELD)).code == "no-finding"


async def test_a_refusal_names_state_verb_and_what_is_possible_and_to_the_reporter_only_what_is_theirs(
    office: Bench,
) -> None:
    case = await file(office, filing(employee_id=OFFICER))
    problem = await refused(office, api.CLOSE, case, NOTHING)
    assert problem.title == "A case that is `assigned` does not allow `close`"
    assert problem.detail == ("Possible now: verify, assign, handle, ask, comment, answer, reject, pass_on, refer.")
    problem = await refused(office, replies.RATE, case, ask.Rate(rating=1), None)
    assert problem.title == "A case that is `received` does not allow `rate`", "nobody is told that somebody was named"
    assert problem.detail == "Possible now: comment, withdraw."


async def test_who_is_no_employee_of_the_directory_does_nothing(office: Bench) -> None:
    case = await file(office, filing())
    assert (await refused(office, api.VERIFY, case, ask.Verify(), UUID(int=99))).code == "unknown-officer"
    assert (await refused(office, api.VERIFY, UUID(int=1), ask.Verify())).status == 404


async def test_many_verbs_of_one_lot_take_effect_and_a_bad_one_fails_alone(office: Bench) -> None:
    await submit(office, "one")
    await submit(office, "two")
    filed = [event.complaint_id for event in await office.told() if isinstance(event, ComplaintFiled)]
    asked = [*((one, ask.Verify()) for one in filed), (filed[0], ask.Verify(category="nope"))]
    calls = [
        Call(api.VERIFY, ask.OnCase(complaint_id=case, asked=verify), str(HANDLER), str(n))
        for n, (case, verify) in enumerate(asked)
    ]
    await office.requests.settle(calls)
    *good, bad = calls
    assert [json.loads((await call.outcome)[0].body)["state"] for call in good] == ["verified", "verified"]
    with pytest.raises(Problem):
        await bad.outcome
