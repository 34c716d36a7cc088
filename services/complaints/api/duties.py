"""Whom a complaint may be about, from the duty roster. Who it is, a person says."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime

from services.complaints.actions.cases import unknown
from services.complaints.api.cases import NOT_YOURS, OFFICER, UNKNOWN, asking
from services.complaints.model.duties import Candidate, Candidates, Duty
from services.complaints.rules import duties as rules
from services.complaints.store.cases import ONE
from services.complaints.store.duties import ON_DUTY
from shared.clock import WorkingDays
from shared.errors import FieldError, Problem
from shared.http import Call, Reader, Router, refuses

routes = Router()

Moment = Annotated[AwareDatetime | None, Query(description="without both: the local day of the complaint")]
Code = Annotated[str | None, Query(max_length=40)]


@routes.get(
    "/cases/{complaint_id}/candidates",
    dependencies=[OFFICER],
    responses=refuses({403: NOT_YOURS, **UNKNOWN, 409: "It is not known which unit the complaint is about"}),
)
async def candidates(
    complaint_id: UUID,
    call: Call,
    read: Reader,
    since: Moment = None,
    until: Moment = None,
    counter: Code = None,
    unit: Code = None,
    service: Code = None,
) -> Candidates:
    """Who was on duty at the unit (and counter) then; without `unit` and `service` those of the complaint."""
    rows = await read.fetch(ONE, asking(call), complaint_id)
    if not rows:
        raise unknown()
    where = unit or rows[0]["unit"]
    if where is None:
        raise Problem(409, "unit-unknown", "It is not known which unit the complaint is about", "Name it by `unit=`.")
    asked = rules.window(rows[0]["day"], since, until, WorkingDays(read.settings.zone))
    if isinstance(asked, FieldError):
        raise Problem(422, "invalid-request", "The request is not valid", errors=[asked])
    begin, end = asked
    found = await read.fetch(ON_DUTY, where, begin, end, counter, service or rows[0]["service"])
    parts, covered = rules.shares([Duty(**row) for row in found], begin, end)
    listed = [
        Candidate(employee_id=one, confidence=round(float(part), 3)) for one, part in rules.likeliest_first(parts)
    ]
    return Candidates(unit=where, since=begin, until=end, covered=round(float(covered), 3), candidates=listed)
