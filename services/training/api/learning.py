"""Learning hours (JP): an employee's own, and for operators who is short."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.training.actions import learning
from services.training.api.enrolments import NOT_FOUND, READERS, operates, refuse_others
from services.training.model.learning import Learning
from shared.events.directory import Employment
from shared.http import Call, Listing, Page, Paging, ReadContext, Reader, Router, authority

LEARNING = Listing[Learning]("learning", lambda one: (one.employee_id,), UUID)
Year = Annotated[
    int | None,
    Query(ge=2000, le=2100, description="a local year, of a PPPK the contract year that begins in it; else this one"),
]

routes = Router()


@routes.get("/employees/{employee_id}/learning", dependencies=[READERS], responses=NOT_FOUND)
async def get_learning(employee_id: UUID, call: Call, read: Reader, year: Year = None) -> Learning:
    """The learning hours of an employee in a year: what a PNS is short of 20, what is left to a PPPK of 24."""
    refuse_others(call, employee_id)
    zone, hidden = read.settings.zone.key, operates(call)
    return await learning.learning(read, read.policies, employee_id, _within(read, year), zone, hidden=hidden)


@routes.get("/learning", dependencies=[authority.role("operator")])
async def get_everybodys(
    read: Reader,
    asked: Paging,
    year: Year = None,
    status: Employment | None = None,
    short: Annotated[bool, Query(description="only PNS who lack hours")] = False,
) -> Page[Learning]:
    """The learning hours of everybody whom the directory told."""
    (after,) = LEARNING.place(asked)
    zone, rows = read.settings.zone.key, asked.rows
    found = await learning.everybody(read, read.policies, _within(read, year), zone, status, after, rows, short=short)
    return LEARNING.page(found, asked)


def _within(read: ReadContext, year: int | None) -> date:
    """A day of the year that is asked for: its last, which lies in the contract year that begins in it; or today."""
    today: date = datetime.now(UTC).astimezone(read.settings.zone).date()
    return date(year, 12, 31) if year else today
