"""What waits for a superior, and who stands in for whom."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from starlette.responses import Response

from services.evaluation.actions import standing_in
from services.evaluation.actions.cases import lines_of
from services.evaluation.api.reading import readers, today
from services.evaluation.model.decisions import Case, DecisionPolicy
from services.evaluation.model.documents import StandInShown, WorkItem
from services.evaluation.model.periods import PeriodCase
from services.evaluation.rules.terms import decide_period_until, terms
from services.evaluation.rules.worklist import Kind, Waiting, waiting, waiting_of_period
from services.evaluation.store import decisions, predicates, superiors
from shared.clock import WorkingDays
from shared.http import Call, Day, Listing, Page, Paging, ReadContext, Reader, Router, authority, refuses
from shared.operator.acts import Act


def _place(one: WorkItem) -> tuple[Any, ...]:
    """By urgency; an item is of an evaluation or of an assessment."""
    return one.due_on, one.evaluation_id or one.assessment_id, one.kind


ITEMS = Listing[WorkItem]("worklist", _place, date, UUID, str)
STAND_INS = Listing[StandInShown]("stand-ins", lambda one: (one.since, one.stand_in_id), date, UUID)
OPERATOR = authority.role("operator")

routes = Router()


@routes.get("/worklist", dependencies=[authority.role("superior")])
async def worklist(
    call: Call, read: Reader, asked: Paging, kind: Kind | None = None, due_until: Day | None = None
) -> Page[WorkItem]:
    """What waits for me, as the superior or who stands in, the most urgent first; of one kind, or due by a day."""
    _, me = readers(call)
    if me is None:
        return ITEMS.cut([], asked)
    items = [
        item
        async for one, item in _waiting(read, await superiors.under(read, me, today(read)))
        if one.person_id == me and kind in (None, one.kind) and (due_until is None or one.due_on <= due_until)
    ]
    return ITEMS.cut(sorted(items, key=_place), asked)


async def _waiting(read: ReadContext, employees: list[UUID]) -> AsyncIterator[tuple[Waiting, WorkItem]]:
    """All that waits for somebody about some officers: evaluations, and the predicates of periods."""
    calendar, on = WorkingDays(read.settings.zone), today(read)
    policy = read.policies.in_force(DecisionPolicy, "decisions", on=on)
    results = await decisions.waiting_of(read, employees, datetime.now(UTC))
    periods = await predicates.waiting_of(read, employees)
    officers = {one: case.employee_id for one, case in results.items()}
    officers |= {one: case.employee_id for one, case in periods.items()}
    lines = await lines_of(read, officers, on)
    for result in results.values():
        due = terms(calendar.local_day(result.visible_from), result.category, policy, calendar)
        for one in waiting(result, lines[result.evaluation_id], due):
            yield one, _item(result, one)
    for period in periods.values():
        until = decide_period_until(calendar.local_day(period.assessed_at), policy, calendar)
        for one in waiting_of_period(period, lines[period.assessment_id], until):
            yield one, _period_item(period, one)


def _period_item(case: PeriodCase, one: Waiting) -> WorkItem:
    return WorkItem(
        kind=one.kind,
        assessment_id=case.assessment_id,
        employee_id=case.employee_id,
        period=case.period,
        outcome=case.stands,
        due_on=one.due_on,
        open_from=one.open_from,
    )


def _item(case: Case, one: Waiting) -> WorkItem:
    return WorkItem(
        kind=one.kind,
        evaluation_id=case.evaluation_id,
        employee_id=case.employee_id,
        revision=case.revision,
        outcome=case.decision.outcome if case.decision else case.result.outcome,
        replied=case.replied,
        due_on=one.due_on,
        open_from=one.open_from,
    )


@routes.get("/operator/stand-ins", tags=["operator"], dependencies=[OPERATOR])
async def stand_ins(
    read: Reader, asked: Paging, person: UUID | None = None, on: Day | None = None
) -> Page[StandInShown]:
    """Who stands in for whom, the latest first; of a person in either role, or in force on a day."""
    rows = await superiors.stand_ins(read, STAND_INS.place(asked), person, on, asked.rows)
    return STAND_INS.page([StandInShown(**row) for row in rows], asked)


@routes.post(
    "/operator/stand-ins",
    tags=["operator"],
    response_model=StandInShown,
    dependencies=[OPERATOR],
    responses=refuses({422: "The days are in the wrong order, or a person is unknown"}),
)
async def set_stand_in(asked: standing_in.StandIn, call: Act) -> Response:
    """Say who acts for a superior (Plt., Plh.), or that nobody does: then the next level up decides."""
    return await call.act("set stand-in", asked, standing_in.set_stand_in)


@routes.post(
    "/operator/stand-ins/end",
    tags=["operator"],
    response_model=StandInShown,
    dependencies=[OPERATOR],
    responses=refuses({404: "There is none that lasts longer"}),
)
async def end_stand_in(asked: standing_in.End, call: Act) -> Response:
    """Let a stand-in end earlier than was said."""
    return await call.act("end stand-in", asked, standing_in.end_stand_in)
