"""What became of an employee's needs; employees take seats of their own accord, and cancel."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.training.actions import enrolments
from services.training.actions.seating import all_seats
from services.training.model.commands import Leave, SignUp
from services.training.model.enrolments import Enrolment, State
from services.training.store import enrolments as store
from shared.errors import Problem
from shared.http import Call, Listing, Page, Paging, Reader, Router, authority, refuses
from shared.messaging.requests import Command

SIGN_UP = Command("sign up", enrolments.sign_up, locks=all_seats)
LEAVE = Command("cancel enrolment", enrolments.leave, locks=all_seats)
ENROLMENTS = Listing[Enrolment]("enrolments", lambda one: (one.enrolled_at, one.enrolment_id), datetime, UUID)
EMPLOYEE, OPERATOR = authority.role("employee"), authority.role("operator")
READERS = authority.role("employee", "superior", "operator")
NOT_FOUND = refuses({404: "There is none, or it is not yours to read"})

routes = Router()


@routes.get("/employees/{employee_id}/enrolments", dependencies=[READERS], responses=NOT_FOUND)
async def get_enrolments(
    employee_id: UUID, call: Call, read: Reader, asked: Paging, state: State | None = None
) -> Page[Enrolment]:
    """An employee's own enrolments; an operator sees everybody's."""
    refuse_others(call, employee_id)
    place, hidden = ENROLMENTS.place(asked), operates(call)
    after = (place[0], place[1])
    found = await store.enrolments(read, employee_id, hidden=hidden, state=state, after=after, limit=asked.rows)
    return ENROLMENTS.page(found, asked)


@routes.get("/enrolments", dependencies=[OPERATOR])
async def get_everybodys(
    read: Reader,
    asked: Paging,
    state: State | None = None,
    course: Annotated[str | None, Query(max_length=60, description="the code of a course")] = None,
    session_id: UUID | None = None,
) -> Page[Enrolment]:
    """Everybody's enrolments, for operators: `state=waitlisted` is the line, with the reason why each waits."""
    place = ENROLMENTS.place(asked)
    found = await store.everybody(read, state, course, session_id, (place[0], place[1]), asked.rows)
    return ENROLMENTS.page(found, asked)


@routes.get("/enrolments/{enrolment_id}", dependencies=[READERS], responses=NOT_FOUND)
async def get_enrolment(enrolment_id: UUID, call: Call, read: Reader) -> Enrolment:
    """One enrolment, for the employee concerned or an operator."""
    found = await store.enrolment(read, enrolment_id, hidden=operates(call))
    if found is None:
        raise enrolments.unknown()
    refuse_others(call, found.employee_id)
    return found


@routes.post(
    "/sessions/{session_id}/enrolments",
    status_code=201,
    response_model=Enrolment,
    dependencies=[EMPLOYEE],
    responses=refuses(
        {404: "There is no such session", 409: "No seat is free, you have one, or you may take no more JP this year"}
    ),
)
async def sign_up(session_id: UUID, call: Call) -> Response:
    """Take a free seat of one's own accord, without a training need."""
    return await call.run(SIGN_UP, SignUp(session_id=session_id, employee_id=_subject(call)))


@routes.post(
    "/enrolments/{enrolment_id}/cancel",
    response_model=Enrolment,
    dependencies=[EMPLOYEE],
    responses=refuses({404: "There is none, or it is not yours", 409: "It has begun, or is over"}),
)
async def leave(enrolment_id: UUID, call: Call) -> Response:
    """Cancel one's own enrolment before its session begins; the first in line gets the seat."""
    return await call.run(LEAVE, Leave(enrolment_id=enrolment_id, employee_id=_subject(call)))


def _subject(call: Call) -> UUID:
    """The employee who calls. Raises Problem 403 where the token names none."""
    try:
        return UUID(call.principal)
    except ValueError:
        raise Problem(403, "no-employee", "This token is of no employee", "Use one whose subject is yours.") from None


def operates(call: Call) -> bool:
    """Whether the caller is an operator, who sees what is hidden from employees."""
    return "operator" in call.roles


def refuse_others(call: Call, employee_id: UUID) -> None:
    """Raises Problem 404 unless the caller is this employee, or an operator."""
    if not (operates(call) or call.principal == str(employee_id)):
        raise enrolments.unknown()
