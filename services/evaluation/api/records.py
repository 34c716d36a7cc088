"""Doors for evidence that no other service tells: attendance, coach's scores, innovations."""

from starlette.responses import Response

from services.evaluation.actions import records
from services.evaluation.model.records import AttendanceLot, CoachScoreLot, Innovation, Recorded
from shared.http import Call, Router, authority, refuses
from shared.messaging.requests import Command

ATTENDANCE = Command("record attendance", records.record_attendance, locks=records.of_lot)
SCORES = Command("record coach scores", records.record_scores, locks=records.of_lot)
INNOVATION = Command("record innovation", records.record_innovations, locks=records.of_innovation)

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
