"""Results over HTTP: an officer's own with their explanation, what was said and decided; what became of a complaint."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from asyncpg import Record

from services.evaluation.api.reading import decides, explained, not_found, readers, refuse_other
from services.evaluation.model.decisions import DecisionPolicy
from services.evaluation.model.documents import (
    ComplaintOutcome,
    DecisionShown,
    EvaluationSummary,
    ObjectionShown,
    ReplyShown,
)
from services.evaluation.model.result import Result
from services.evaluation.rules.explain import Explanation
from services.evaluation.rules.terms import terms
from services.evaluation.store import views
from shared.clock import WorkingDays
from shared.events.evaluation import Status
from shared.http import Call, CallContext, Listing, Page, Paging, ReadContext, Reader, Router, authority, refuses

routes = Router()
own = authority.role("employee", "superior")
NOT_FOUND = refuses({404: "There is none, or it is not yours to read"})
EVALUATIONS = Listing[EvaluationSummary]("evaluations", lambda one: (one.evaluation_id,), UUID)


@routes.get("/evaluations/{evaluation_id}", dependencies=[own], responses=NOT_FOUND)
async def get_evaluation(evaluation_id: UUID, call: Call, read: Reader) -> EvaluationSummary:
    """One result, for its employee, the direct superior, or who decides in that superior's place."""
    (summary,) = await _summaries(read, [await _shown(evaluation_id, call, read)])
    return summary


@routes.get("/evaluations/{evaluation_id}/explanation", dependencies=[own], responses=NOT_FOUND)
async def get_explanation(
    evaluation_id: UUID, call: Call, read: Reader, language: Literal["id", "en"] = "id"
) -> Explanation:
    """Why this score, line by line, as the employee reads it."""
    row = await _shown(evaluation_id, call, read)
    return explained(read, row, row["visible_from"].astimezone(read.settings.zone).date(), language)


@routes.get("/employees/{employee_id}/evaluations", dependencies=[own], responses=NOT_FOUND)
async def get_evaluations(
    employee_id: UUID, call: Call, read: Reader, asked: Paging, status: Status | None = None
) -> Page[EvaluationSummary]:
    """An officer's results, newest first; of one status if asked."""
    await refuse_other(read, call, employee_id)
    (after,) = EVALUATIONS.place(asked)
    rows = await views.page(read, employee_id, after, status, asked.rows)
    return EVALUATIONS.page(await _summaries(read, rows), asked)


@routes.get(
    "/complaints/{complaint_id}/evaluation",
    dependencies=[authority.role("operator", "service")],
    responses=refuses({404: "No such complaint is known here"}),
)
async def get_complaint_outcome(complaint_id: UUID, read: Reader) -> ComplaintOutcome:
    """Whether a complaint led to an evaluation, or why not."""
    row = await views.of_complaint(read, complaint_id)
    if row is None:
        raise not_found()
    return ComplaintOutcome.model_validate(dict(row))


async def _shown(evaluation_id: UUID, call: CallContext, read: ReadContext) -> Record:
    row = await views.one(read, evaluation_id)
    if row is None:
        raise not_found()
    employee, superior = readers(call)
    if employee == row["employee_id"] or (superior and superior == row["superior_id"]):
        return row
    status = Status(row["status"])
    if superior is None or not await decides(read, superior, evaluation_id, row["employee_id"], status):
        raise not_found()
    return row


async def _summaries(read: ReadContext, rows: Sequence[Record]) -> list[EvaluationSummary]:
    """Results with what was said and decided about them; a later revision that does not show yet says nothing here."""
    ids = [row["evaluation_id"] for row in rows]
    replies, objections = await views.replies_of(read, ids), await views.objections_of(read, ids)
    return [_summary(read, row, replies[row["evaluation_id"]], objections.get(row["evaluation_id"])) for row in rows]


def _summary(read: ReadContext, row: Record, replies: Sequence[Record], objection: Record | None) -> EvaluationSummary:
    result = Result.parse(row["result"])
    decided = {**row, "outcome": row["decided_outcome"], "needs": row["decided_needs"]}
    return EvaluationSummary(
        evaluation_id=row["evaluation_id"],
        employee_id=row["employee_id"],
        status=row["status"],
        revision=row["revision"],
        outcome=row["outcome"],
        policy_version=row["policy_version"],
        dimensions=result.dimensions,
        needs=[need.test for need in result.needs],
        reply_until=_reply_until(read, row) if row["status"] == Status.PROVISIONAL else None,
        replies=[ReplyShown.model_validate(dict(reply)) for reply in replies],
        decision=DecisionShown.model_validate(decided) if row["decided_at"] else None,
        objection=ObjectionShown.model_validate(dict(objection)) if objection else None,
    )


def _reply_until(read: ReadContext, row: Record) -> date:
    calendar = WorkingDays(read.settings.zone)
    shown_on = calendar.local_day(row["visible_from"])
    policy = read.policies.in_force(DecisionPolicy, "decisions", on=shown_on)
    return terms(shown_on, "", policy, calendar).reply_until
