"""What officers and the reporter of a case say to each other, on a real database, and what it moves."""

from datetime import UTC, datetime, timedelta

import pytest

from services.complaints.api import cases as api
from services.complaints.api import replies
from services.complaints.model import cases as ask
from services.complaints.model.rows import Audience
from shared.events.complaints import (
    CommentAdded,
    ComplaintAnswered,
    ComplaintClosed,
    ComplaintRated,
    ComplaintReopened,
    ComplaintWithdrawn,
    DataProvided,
    DataRequested,
    Finding,
    FindingRevised,
)
from tests.services.complaints.doing import NOTHING, TEXT, UPHELD, do, last, refused
from tests.services.complaints.given import COLLEAGUE, HANDLER, HANDLING, OFFICER
from tests.services.complaints.test_filing import file, filing
from tests.support import Bench


async def test_the_handler_answers_and_whoever_answers_first_is_the_handler(staffed: Bench) -> None:
    case = await file(staffed, filing(employee_id=OFFICER))
    stands = await do(staffed, api.ANSWER, case, UPHELD)
    assert (stands["state"], stands["handler_id"], stands["finding"]) == ("answered", str(HANDLER), "upheld")
    answered = ComplaintAnswered(complaint_id=case, employee_id=OFFICER, finding=Finding.UPHELD, times=1)
    assert await last(staffed) == answered
    problem = await refused(staffed, api.ANSWER, case, UPHELD, COLLEAGUE)
    assert (problem.status, problem.code) == (409, "not-the-handler")
    await do(staffed, api.HANDLE, case, ask.Handle(), COLLEAGUE)
    await do(staffed, api.ANSWER, case, UPHELD, COLLEAGUE)
    assert await last(staffed) == answered.model_copy(update={"times": 2})


async def test_a_finding_is_revised_after_the_end_and_never_to_the_same(staffed: Bench) -> None:
    case = await file(staffed, filing(employee_id=OFFICER))
    await do(staffed, api.ANSWER, case, UPHELD)
    assert (await do(staffed, api.CLOSE, case, NOTHING))["state"] == "closed"
    assert await last(staffed) == ComplaintClosed(complaint_id=case, by="handler")
    rejected = ask.Answer(text="The camera shows otherwise.", finding=Finding.REJECTED)
    assert (await do(staffed, api.REVISE, case, rejected))["finding"] == "rejected"
    assert await last(staffed) == FindingRevised(complaint_id=case, employee_id=OFFICER, finding=Finding.REJECTED)
    assert (await refused(staffed, api.REVISE, case, rejected)).code == "same-finding"


async def test_the_reporter_is_asked_and_gives_what_was_missing(staffed: Bench) -> None:
    case = await file(staffed, filing())
    for times in (1, 2):
        assert (await do(staffed, api.ASK, case, TEXT))["state"] == "on_hold"
        assert await last(staffed) == DataRequested(complaint_id=case, times=times)
        assert (await refused(staffed, api.ASK, case, TEXT)).code == "not-in-this-state"
        assert (await do(staffed, replies.PROVIDE, case, TEXT, None))["status"] == "examined"
        assert await last(staffed) == DataProvided(complaint_id=case, times=times)


async def test_comments_are_told_but_internal_ones(staffed: Bench) -> None:
    case = await file(staffed, filing())
    for audience in Audience:
        await do(staffed, api.COMMENT, case, ask.Comment(text=f"For {audience}.", audience=audience))
    await do(staffed, replies.COMMENT, case, ask.Text(text="From the reporter."), None)
    told = [event for event in await staffed.told() if isinstance(event, CommentAdded)]
    said = {row["said_id"]: row["text"] for row in await staffed.pool.fetch("SELECT said_id, text FROM said")}
    assert [(one.by_reporter, said[one.comment_id]) for one in told] == [
        *((False, "For public."), (False, "For reporter."), (True, "From the reporter."))
    ]
    assert len(said) == 4


@pytest.mark.parametrize(("text", "problem"), [(" ", "is empty"), ("x" * 5001, "is longer than 5000 characters")])
async def test_what_is_said_is_a_text_that_is_not_too_long(staffed: Bench, text: str, problem: str) -> None:
    case = await file(staffed, filing())
    refusal = await refused(staffed, replies.COMMENT, case, ask.Text(text=text), None)
    assert [(error.field, error.problem) for error in refusal.errors] == [("text", problem)]


async def test_the_reporter_closes_reopens_while_the_term_runs_and_rates_once(staffed: Bench) -> None:
    case = await file(staffed, filing(employee_id=OFFICER))
    await do(staffed, api.ANSWER, case, UPHELD)
    assert (await do(staffed, replies.CLOSE, case, NOTHING, None))["status"] == "closed"
    assert await last(staffed) == ComplaintClosed(complaint_id=case, by="reporter")
    await do(staffed, replies.RATE, case, ask.Rate(rating=2), None)
    assert await last(staffed) == ComplaintRated(complaint_id=case, rating=2)
    assert (await refused(staffed, replies.RATE, case, ask.Rate(rating=4), None)).code == "rated-already"
    for times in (1, 2):
        assert (await do(staffed, replies.REOPEN, case, TEXT, None))["status"] == "reopened"
        assert await last(staffed) == ComplaintReopened(complaint_id=case, times=times)
        assert await staffed.pool.fetchval("SELECT ended_at FROM complaint") is None
        await do(staffed, api.ANSWER, case, UPHELD)
    await do(staffed, api.CLOSE, case, NOTHING)
    over = datetime.now(UTC) - timedelta(days=HANDLING.reopen_days.value + 1)
    await staffed.pool.execute("UPDATE complaint SET ended_at = $1", over)
    assert (await refused(staffed, replies.REOPEN, case, TEXT, None)).code == "term-over"
    await staffed.pool.execute("UPDATE complaint SET ended_at = $1", over + timedelta(days=1))
    await do(staffed, replies.REOPEN, case, TEXT, None)


async def test_the_reporter_withdraws_and_there_is_no_finding(staffed: Bench) -> None:
    case = await file(staffed, filing(employee_id=OFFICER))
    assert (await do(staffed, replies.WITHDRAW, case, NOTHING, None))["status"] == "archived"
    assert await last(staffed) == ComplaintWithdrawn(complaint_id=case, employee_id=OFFICER)
    assert (await refused(staffed, api.REVISE, case, UPHELD)).code == "no-finding"


async def test_a_refusal_names_state_verb_and_what_is_possible_and_to_the_reporter_only_what_is_theirs(
    staffed: Bench,
) -> None:
    case = await file(staffed, filing(employee_id=OFFICER))
    problem = await refused(staffed, api.CLOSE, case, NOTHING)
    assert problem.title == "A case that is `assigned` does not allow `close`"
    assert problem.detail == ("Possible now: verify, assign, handle, ask, comment, answer, reject, pass_on, refer.")
    problem = await refused(staffed, replies.RATE, case, ask.Rate(rating=1), None)
    assert problem.title == "A case that is `received` does not allow `rate`", "nobody is told that somebody was named"
    assert problem.detail == "Possible now: comment, withdraw."
