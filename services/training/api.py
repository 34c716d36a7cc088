"""Training over HTTP: what is offered, and what became of an employee's needs."""

from uuid import UUID

from fastapi import APIRouter

from services.training import store
from services.training.model import Course, Enrolment, Session
from shared.errors import Problem
from shared.http import Call, Reader, authority

routes = APIRouter()


@routes.get("/courses", dependencies=[authority.public()])
async def get_courses(read: Reader) -> list[Course]:
    """The courses on offer, and the weaknesses that each treats."""
    return await store.courses(read)


@routes.get("/sessions", dependencies=[authority.public()])
async def get_sessions(read: Reader) -> list[Session]:
    """The sessions to come, with their free seats; never who sits in them."""
    return await store.sessions(read)


@routes.get("/employees/{employee_id}/enrolments", dependencies=[authority.role("employee", "superior", "operator")])
async def get_enrolments(employee_id: UUID, call: Call, read: Reader) -> list[Enrolment]:
    """An employee's own enrolments; an operator sees everybody's."""
    if not (_operates(call) or call.principal == str(employee_id)):
        raise _not_found()
    return await store.enrolments(read, employee_id, hidden=_operates(call))


@routes.get("/enrolments/{enrolment_id}", dependencies=[authority.role("employee", "superior", "operator")])
async def get_enrolment(enrolment_id: UUID, call: Call, read: Reader) -> Enrolment:
    """One enrolment, for the employee concerned or an operator."""
    found = await store.enrolment(read, enrolment_id, hidden=_operates(call))
    if found is None or not (_operates(call) or call.principal == str(found.employee_id)):
        raise _not_found()
    return found


def _operates(call: Call) -> bool:
    return "operator" in call.roles


def _not_found() -> Problem:
    return Problem(404, "not-found", "Not found", "There is no such enrolment, or it is not yours.")
