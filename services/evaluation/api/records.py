"""Doors for evidence that no other service tells, and its lists: attendance, coach's scores, innovations."""

from datetime import date
from uuid import UUID

from starlette.responses import Response

from services.evaluation.actions import records
from services.evaluation.api.reading import refuse_other
from services.evaluation.model.records import (
    AttendanceLot,
    AttendanceShown,
    CoachScoreLot,
    CoachScoreShown,
    Criteria,
    Innovation,
    InnovationShown,
    Recorded,
)
from services.evaluation.store import recorded
from shared.http import Call, Day, Listing, Page, Paging, Reader, Router, authority, refuses
from shared.messaging.requests import Command

ATTENDANCE = Command("record attendance", records.record_attendance, locks=records.of_lot)
SCORES = Command("record coach scores", records.record_scores, locks=records.of_lot)
INNOVATION = Command("record innovation", records.record_innovations, locks=records.of_innovation)
INNOVATIONS = Listing[InnovationShown]("innovations", lambda one: (one.proposed_on, one.innovation_id), date, UUID)
COACH_SCORES = Listing[CoachScoreShown]("coach-scores", lambda one: (one.scored_on, one.coach), date, str)
MONTHS = Listing[AttendanceShown]("attendance", lambda one: (one.month,), date)
own = authority.role("employee", "superior")
NOT_FOUND = refuses({404: "There is none, or it is not yours to read"})

routes = Router()


@routes.post("/attendance", response_model=Recorded, dependencies=[authority.role("officer")])
async def record_attendance(lot: AttendanceLot, call: Call) -> Response:
    """Months of employees with their days of unexcused absence. A month that is sent again replaces what was said."""
    return await call.run(ATTENDANCE, lot)


@routes.post("/coach-scores", response_model=Recorded, dependencies=[authority.role("officer", "superior")])
async def record_scores(lot: CoachScoreLot, call: Call) -> Response:
    """Scores of competence that the caller gives as a coach; of one coach the mean of a quarter counts."""
    return await call.run(SCORES, lot)


@routes.post(
    "/innovations",
    response_model=Recorded,
    dependencies=[authority.role("superior")],
    responses=refuses({404: "There is no such employee, or you are not the direct superior"}),
)
async def record_innovation(innovation: Innovation, call: Call) -> Response:
    """An innovation with its five criteria, as the direct superior judges it. The best of 12 months counts."""
    return await call.run(INNOVATION, innovation)


@routes.get("/employees/{employee_id}/innovations", dependencies=[own], responses=NOT_FOUND)
async def get_innovations(
    employee_id: UUID, call: Call, read: Reader, asked: Paging, since: Day | None = None, until: Day | None = None
) -> Page[InnovationShown]:
    """An officer's innovations with their criteria, the newest first; of those proposed from a day, or until one."""
    await refuse_other(read, call, employee_id)
    rows = await recorded.innovations(read, employee_id, INNOVATIONS.place(asked), (since, until), asked.rows)
    names = Criteria.model_fields
    shown = [
        InnovationShown.model_validate({**row, "criteria": dict(zip(names, row["criteria"], strict=True))})
        for row in rows
    ]
    return INNOVATIONS.page(shown, asked)


@routes.get("/employees/{employee_id}/coach-scores", dependencies=[own], responses=NOT_FOUND)
async def get_coach_scores(
    employee_id: UUID, call: Call, read: Reader, asked: Paging, since: Day | None = None, until: Day | None = None
) -> Page[CoachScoreShown]:
    """What coaches scored of an officer, the newest first; from a day, or until one."""
    await refuse_other(read, call, employee_id)
    rows = await recorded.coach_scores(read, employee_id, COACH_SCORES.place(asked), (since, until), asked.rows)
    return COACH_SCORES.page([CoachScoreShown(**row) for row in rows], asked)


@routes.get("/employees/{employee_id}/attendance", dependencies=[own], responses=NOT_FOUND)
async def get_attendance(
    employee_id: UUID, call: Call, read: Reader, asked: Paging, since: Day | None = None, until: Day | None = None
) -> Page[AttendanceShown]:
    """An officer's months of which attendance is known, the latest first; of those that begin from, or until, a day."""
    await refuse_other(read, call, employee_id)
    rows = await recorded.attendance(read, employee_id, MONTHS.place(asked), (since, until), asked.rows)
    return MONTHS.page([AttendanceShown(**row) for row in rows], asked)
