"""What is offered: courses and sessions; operators schedule and cancel, trainers say what became of the seats."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.training.actions import results, sessions
from services.training.actions.seating import all_seats
from services.training.model.catalogue import Course, Session
from services.training.model.commands import OfSession, Participant, Recorded, Results, ResultsOf, Schedule
from services.training.store import catalogue, enrolments
from services.training.store import sessions as store
from shared.http import Call, Day, Listing, Page, Paging, Reader, Router, authority, refuses
from shared.messaging.requests import Command

SCHEDULE = Command("schedule session", sessions.schedule, locks=all_seats)
CANCEL = Command("cancel session", sessions.cancel, locks=all_seats)
RECORD = Command("record results", results.record, locks=all_seats)
COURSES = Listing[Course]("courses", lambda one: (one.code,), str)
SESSIONS = Listing[Session]("sessions", lambda one: (one.starts_at, one.session_id), datetime, UUID)
PARTICIPANTS = Listing[Participant]("participants", lambda one: (one.employee_id,), UUID)
OPERATOR, TRAINER = authority.role("operator"), authority.role("officer")
NONE = "There is no such session"

routes = Router()


@routes.get("/courses", dependencies=[authority.public()])
async def get_courses(read: Reader, asked: Paging) -> Page[Course]:
    """The courses on offer, and the weaknesses that each treats."""
    return COURSES.cut(await catalogue.courses(read), asked)


@routes.get("/sessions", dependencies=[authority.public()])
async def get_sessions(
    read: Reader,
    asked: Paging,
    course: Annotated[str | None, Query(max_length=60, description="the code of a course")] = None,
    since: Annotated[Day | None, Query(description="the first local day")] = None,
    until: Annotated[Day | None, Query(description="the last local day")] = None,
) -> Page[Session]:
    """The sessions to come, with their free seats; never who sits in them."""
    place = SESSIONS.place(asked)
    found = await store.listed(read, course, since, until, read.settings.zone.key, (place[0], place[1]), asked.rows)
    return SESSIONS.page(found, asked)


@routes.post("/sessions", status_code=201, response_model=Session, dependencies=[OPERATOR])
async def schedule(asked: Schedule, call: Call) -> Response:
    """Schedule a session of a course. Those who wait for it get its seats at once, first come, first served."""
    return await call.run(SCHEDULE, asked)


@routes.post(
    "/sessions/{session_id}/cancel",
    response_model=Session,
    dependencies=[OPERATOR],
    responses=refuses({404: NONE, 409: "It has begun, or was cancelled"}),
)
async def cancel(session_id: UUID, call: Call) -> Response:
    """Cancel a session. Who had a seat for a need gets another one, or stands in line at the old place."""
    return await call.run(CANCEL, OfSession(session_id=session_id))


@routes.get("/sessions/{session_id}/participants", dependencies=[authority.role("officer", "operator")])
async def get_participants(session_id: UUID, read: Reader, asked: Paging) -> Page[Participant]:
    """Who has a seat, for the trainer; never which weakness it is for."""
    (after,) = PARTICIPANTS.place(asked)
    rows = await enrolments.participants(read, session_id, after, asked.rows)
    return PARTICIPANTS.page([Participant(**row) for row in rows], asked)


@routes.post(
    "/sessions/{session_id}/results",
    response_model=Recorded,
    dependencies=[TRAINER],
    responses=refuses({404: NONE, 409: "It has not begun, or was cancelled"}),
)
async def record(session_id: UUID, asked: Results, call: Call) -> Response:
    """Say who completed the training and who missed it; the whole lot is kept, or nothing of it."""
    return await call.run(RECORD, ResultsOf(session_id=session_id, **asked.model_dump(exclude_unset=True)))
