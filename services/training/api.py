"""Training over HTTP: what is offered, and what became of an employee's needs."""

from uuid import UUID

from services.training import store
from services.training.model import Course, Enrolment, Session
from shared.errors import Problem
from shared.http import Call, Listing, Page, Paging, Reader, Router, authority, refuses

COURSES = Listing[Course]("courses", lambda one: (one.code,), str)
SESSIONS = Listing[Session]("sessions", lambda one: (one.session_id,), UUID)
ENROLMENTS = Listing[Enrolment]("enrolments", lambda one: (one.enrolment_id,), UUID)
NOT_FOUND = refuses({404: "There is none, or it is not yours to read"})

routes = Router()


@routes.get("/courses", dependencies=[authority.public()])
async def get_courses(read: Reader, asked: Paging) -> Page[Course]:
    """The courses on offer, and the weaknesses that each treats."""
    return COURSES.cut(await store.courses(read), asked)


@routes.get("/sessions", dependencies=[authority.public()])
async def get_sessions(read: Reader, asked: Paging) -> Page[Session]:
    """The sessions to come, with their free seats; never who sits in them."""
    return SESSIONS.cut(await store.sessions(read), asked)


@routes.get(
    "/employees/{employee_id}/enrolments",
    dependencies=[authority.role("employee", "superior", "operator")],
    responses=NOT_FOUND,
)
async def get_enrolments(employee_id: UUID, call: Call, read: Reader, asked: Paging) -> Page[Enrolment]:
    """An employee's own enrolments; an operator sees everybody's."""
    if not (_operates(call) or call.principal == str(employee_id)):
        raise _not_found()
    return ENROLMENTS.cut(await store.enrolments(read, employee_id, hidden=_operates(call)), asked)


@routes.get(
    "/enrolments/{enrolment_id}",
    dependencies=[authority.role("employee", "superior", "operator")],
    responses=NOT_FOUND,
)
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
