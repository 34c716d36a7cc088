"""What waits for a superior, and who stands in for whom."""

from datetime import UTC, date, datetime
from uuid import UUID

from starlette.responses import Response

from services.evaluation.actions import standing_in
from services.evaluation.actions.cases import lines_of
from services.evaluation.api.reading import readers, today
from services.evaluation.model.decisions import Case, DecisionPolicy
from services.evaluation.model.documents import StandInShown, WorkItem
from services.evaluation.rules.terms import terms
from services.evaluation.rules.worklist import Kind, Waiting, waiting
from services.evaluation.store import decisions, superiors
from shared.clock import WorkingDays
from shared.http import Call, Day, Listing, Page, Paging, ReadContext, Reader, Router, authority, refuses
from shared.operator.acts import Act

ITEMS = Listing[WorkItem]("worklist", lambda one: (one.due_on, one.evaluation_id, one.kind), date, UUID, str)
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
    employees = await superiors.under(read, me, today(read))
    cases = await decisions.waiting_of(read, employees, datetime.now(UTC))
    lines = await lines_of(read, {one: case.employee_id for one, case in cases.items()}, today(read))
    items = [
        _item(case, one)
        for case in cases.values()
        for one in _waiting(read, case, lines[case.evaluation_id])
        if one.person_id == me and kind in (None, one.kind) and (due_until is None or one.due_on <= due_until)
    ]
    return ITEMS.cut(sorted(items, key=lambda one: (one.due_on, one.evaluation_id, one.kind)), asked)


def _waiting(read: ReadContext, case: Case, line: tuple[UUID, ...]) -> list[Waiting]:
    calendar = WorkingDays(read.settings.zone)
    policy = read.policies.in_force(DecisionPolicy, "decisions", on=today(read))
    return waiting(case, line, terms(calendar.local_day(case.visible_from), case.category, policy, calendar))


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
