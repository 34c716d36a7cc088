"""Cases by HTTP, for officers: nobody sees or handles one about themselves, or about somebody whom they lead."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from starlette.responses import Response

from services.complaints.actions import cases as actions
from services.complaints.actions import handling
from services.complaints.model.cases import (
    Answer,
    Assign,
    Case,
    CaseInFull,
    CaseStands,
    Comment,
    Handle,
    Nothing,
    OnCase,
    PassOn,
    Reject,
    SaidOnCase,
    Text,
    Verify,
)
from services.complaints.model.clocks import ShownClock
from services.complaints.model.policies import HandlingPolicy, Listed
from services.complaints.model.rows import State
from services.complaints.rules.cases import OFFICERS, unknown_officer
from services.complaints.rules.states import possible
from services.complaints.store.cases import ONE, PAGE, SAID_ON
from services.complaints.store.clocks import RUNNING
from shared.http import Call, CallContext, Listing, Page, Paging, Reader, Router, authority, refuses
from shared.messaging.requests import Command

OFFICER = authority.role("officer")
CASES = Listing[Case]("cases", lambda one: (one.filed_at, one.complaint_id), datetime, UUID)
REASONS = Listing[Listed]("rejection reasons", lambda one: (one.code,), str)
AUTHORITIES = Listing[Listed]("authorities", lambda one: (one.code,), str)
NOT_YOURS = "You are no employee of the directory, or the case is about you or somebody whom you lead"
UNKNOWN = {404: "There is no such complaint"}
REFUSED = refuses({403: NOT_YOURS, **UNKNOWN, 409: "The case does not allow this now"})

routes = Router()


def _command(name: str, verb: Callable[..., Awaitable[None]]) -> Command:
    return Command(name, verb, locks=actions.names)


VERIFY = _command("verify", handling.verify)
ASSIGN = _command("assign", handling.assign)
HANDLE = _command("handle", handling.handle)
ASK = _command("ask", handling.ask)
COMMENT = _command("comment", handling.comment)
ANSWER = _command("answer", handling.answer)
REVISE = _command("revise", handling.revise)
CLOSE = _command("close", handling.close)
REJECT = _command("reject", handling.reject)
PASS_ON = _command("pass on", handling.pass_on)
REFER = _command("refer", handling.refer)


@routes.get("/cases", dependencies=[OFFICER], responses=refuses({403: NOT_YOURS}))
async def cases(
    read: Reader,
    call: Call,
    asked: Paging,
    state: State | None = None,
    handler: UUID | None = None,
    unit: str | None = None,
    category: str | None = None,
    unassigned: Annotated[bool | None, Query(description="whether nobody is named whom it is about")] = None,
) -> Page[Case]:
    """Cases, newest first, without their reporters and texts."""
    filters = (state, handler, unit, category, unassigned)
    rows = await read.fetch(PAGE, asking(call), *CASES.place(asked), *filters, asked.rows)
    return CASES.page([Case(**row) for row in rows], asked)


@routes.get("/cases/{complaint_id}", dependencies=[OFFICER], responses=refuses({403: NOT_YOURS, **UNKNOWN}))
async def case(complaint_id: UUID, call: Call, read: Reader) -> CaseInFull:
    """One case with its text, what was said on it, and what may be done now; without its reporter."""
    rows = await read.fetch(ONE, asking(call), complaint_id)
    if not rows:
        raise actions.unknown()
    said = [SaidOnCase(**each) for each in await read.fetch(SAID_ON, complaint_id)]
    clocks = [ShownClock(**each) for each in await read.fetch(RUNNING, complaint_id)]
    verbs = [verb for verb in possible(State(rows[0]["state"])) if verb in OFFICERS]
    return CaseInFull(**rows[0], clocks=clocks, said=said, possible=verbs)


@routes.post("/cases/{complaint_id}/verify", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def verify(complaint_id: UUID, asked: Verify, call: Call) -> Response:
    """Verify a report: correct its category, hide its reporter or the report. One that is berkadar is referred."""
    return await _run(call, VERIFY, complaint_id, asked)


@routes.post("/cases/{complaint_id}/assign", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def assign(complaint_id: UUID, asked: Assign, call: Call) -> Response:
    """Name whom a complaint is about, or somebody else than before."""
    return await _run(call, ASSIGN, complaint_id, asked)


@routes.post("/cases/{complaint_id}/handle", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def handle(complaint_id: UUID, asked: Handle, call: Call) -> Response:
    """Take a case, or give it to somebody."""
    return await _run(call, HANDLE, complaint_id, asked)


@routes.post("/cases/{complaint_id}/ask", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def ask(complaint_id: UUID, asked: Text, call: Call) -> Response:
    """Ask the reporter for what is missing; the case is on hold until it comes."""
    return await _run(call, ASK, complaint_id, asked)


@routes.post("/cases/{complaint_id}/comment", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def comment(complaint_id: UUID, asked: Comment, call: Call) -> Response:
    """Say something: to everybody, to the reporter, or among officers."""
    return await _run(call, COMMENT, complaint_id, asked)


@routes.post("/cases/{complaint_id}/answer", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def answer(complaint_id: UUID, asked: Answer, call: Call) -> Response:
    """Answer the reporter, with a finding. The reporter sees the words, and not the finding."""
    return await _run(call, ANSWER, complaint_id, asked)


@routes.post("/cases/{complaint_id}/revise", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def revise(complaint_id: UUID, asked: Answer, call: Call) -> Response:
    """Put another finding in the place of the one before; the words are for the reporter."""
    return await _run(call, REVISE, complaint_id, asked)


@routes.post("/cases/{complaint_id}/close", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def close(complaint_id: UUID, call: Call) -> Response:
    """End an answered case."""
    return await _run(call, CLOSE, complaint_id, Nothing())


@routes.post("/cases/{complaint_id}/reject", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def reject(complaint_id: UUID, asked: Reject, call: Call) -> Response:
    """Archive a case that is invalid, for a reason of the published list."""
    return await _run(call, REJECT, complaint_id, asked)


@routes.post("/cases/{complaint_id}/pass-on", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def pass_on(complaint_id: UUID, asked: PassOn, call: Call) -> Response:
    """Give a case to another authority of the published list."""
    return await _run(call, PASS_ON, complaint_id, asked)


@routes.post("/cases/{complaint_id}/refer", response_model=CaseStands, dependencies=[OFFICER], responses=REFUSED)
async def refer(complaint_id: UUID, asked: Text, call: Call) -> Response:
    """Give a case of bribery, abuse of office or conflict of interest to the inspectorate; why is internal."""
    return await _run(call, REFER, complaint_id, asked)


@routes.get("/rejection-reasons", dependencies=[authority.public()])
async def rejection_reasons(read: Reader, asked: Paging) -> Page[Listed]:
    """The reasons for which a case may be archived."""
    return REASONS.cut(_policy(read).rejections, asked)


@routes.get("/authorities", dependencies=[authority.public()])
async def authorities(read: Reader, asked: Paging) -> Page[Listed]:
    """The authorities to which a case may be passed on."""
    return AUTHORITIES.cut(_policy(read).authorities, asked)


async def _run(call: CallContext, command: Command, complaint_id: UUID, asked: BaseModel) -> Response:
    return await call.run(command, OnCase(complaint_id=complaint_id, asked=asked))


def asking(call: CallContext) -> UUID:
    """The officer who asks. Raises Problem 403 for a login that is no employee."""
    officer = actions.officer(call.principal)
    if officer is None:
        raise unknown_officer()
    return officer


def _policy(read: Any) -> HandlingPolicy:
    today = datetime.now(UTC).astimezone(read.settings.zone).date()
    policy: HandlingPolicy = read.policies.in_force(HandlingPolicy, "handling", today)
    return policy
