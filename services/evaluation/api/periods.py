"""Periods, an officer's assessments, and the score of any day with its lines and replies."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from asyncpg import Record
from pydantic import BaseModel, ConfigDict

from services.evaluation.api.reading import decides, explained, not_found, readers, refuse_other, today
from services.evaluation.model.documents import (
    EMPLOYEE,
    EVALUATION,
    AssessmentShown,
    PeriodShown,
    PredicateDecisionShown,
    PredicateObjectionShown,
    ProposalShown,
    ReplyShown,
)
from services.evaluation.model.result import DimensionResult, Result
from services.evaluation.rules.explain import Explanation
from services.evaluation.store import periods, views
from shared.clock import WorkingDays
from shared.errors import FieldError, Problem
from shared.events.evaluation import Status
from shared.http import Call, CallContext, Day, Listing, Page, Paging, ReadContext, Reader, Router, authority, refuses

PERIODS = Listing[PeriodShown]("periods", lambda one: (one.since, one.period), date, str)
ASSESSMENTS = Listing[AssessmentShown]("assessments", lambda one: (one.assessed_at, one.assessment_id), datetime, UUID)
NOT_FOUND = refuses({404: "There is none, or it is not yours to read"})
own = authority.role("employee", "superior")

routes = Router()


class Scores(BaseModel):
    """What showed of an officer's on a day: the last result until then, why it is so, and what the officer said to it.

    Of no day before the first result: then nothing is scored. An `evaluation_id`, or at a period's close an
    `assessment_id`, names it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "employee_id": EMPLOYEE,
                    "on": "2026-07-20",
                    "evaluation_id": EVALUATION,
                    "revision": 1,
                    "assessment_id": None,
                    "policy_version": "2026.1",
                    "dimensions": [{"dimension": "discipline", "score": "55.00"}],
                    "explanation": None,
                    "replies": [],
                }
            ]
        }
    )

    employee_id: UUID
    on: date
    evaluation_id: UUID | None = None
    revision: int | None = None
    assessment_id: UUID | None = None
    policy_version: str | None = None
    dimensions: Sequence[DimensionResult] = ()
    explanation: Explanation | None = None
    replies: list[ReplyShown] = []


@routes.get("/employees/{employee_id}/scores", dependencies=[own], responses=NOT_FOUND)
async def scores(
    employee_id: UUID, call: Call, read: Reader, on: Day | None = None, language: Literal["id", "en"] = "id"
) -> Scores:
    """An officer's scores as they showed at the end of a day (today if none is named): rule version, lines, replies."""
    await refuse_other(read, call, employee_id)
    day = on or today(read)
    if day > today(read):
        errors = [FieldError("query.on", "is in the future")]
        raise Problem(422, "invalid-request", "The request is not valid", errors=errors)
    row = await views.shown_on(read, employee_id, WorkingDays(read.settings.zone).end_of(day))
    if row is None:
        return Scores(employee_id=employee_id, on=day)
    replies = (await views.replies_of(read, [row["evaluation_id"]]))[row["evaluation_id"]] if row["revision"] else []
    return Scores(
        employee_id=employee_id,
        on=day,
        evaluation_id=row["evaluation_id"],
        revision=row["revision"],
        assessment_id=row["assessment_id"],
        policy_version=row["policy_version"],
        dimensions=Result.parse(row["result"]).dimensions,
        explanation=explained(read, row, day, language),
        replies=[ReplyShown.model_validate(dict(reply)) for reply in replies],
    )


@routes.get("/periods", dependencies=[authority.role("employee", "superior", "operator")])
async def get_periods(read: Reader, asked: Paging) -> Page[PeriodShown]:
    """The periods, the latest first."""
    rows = await periods.listed(read, PERIODS.place(asked), asked.rows)
    return PERIODS.page([PeriodShown(**row) for row in rows], asked)


@routes.get("/assessments/{assessment_id}", dependencies=[own], responses=NOT_FOUND)
async def get_assessment(assessment_id: UUID, call: Call, read: Reader) -> AssessmentShown:
    """An officer's result for a period: the predicate that is proposed, what was decided, and an objection to it."""
    return _assessment(await _own(assessment_id, call, read))


@routes.get("/assessments/{assessment_id}/explanation", dependencies=[own], responses=NOT_FOUND)
async def get_assessment_explanation(
    assessment_id: UUID, call: Call, read: Reader, language: Literal["id", "en"] = "id"
) -> Explanation:
    """Why these scores, line by line, as the employee reads it."""
    row = await _own(assessment_id, call, read)
    return explained(read, row, row["assessed_at"].astimezone(read.settings.zone).date(), language)


@routes.get("/employees/{employee_id}/assessments", dependencies=[own], responses=NOT_FOUND)
async def get_assessments(
    employee_id: UUID, call: Call, read: Reader, asked: Paging, status: Status | None = None
) -> Page[AssessmentShown]:
    """An officer's results for periods, the latest first; of one status if asked."""
    await refuse_other(read, call, employee_id)
    rows = await periods.page(read, employee_id, ASSESSMENTS.place(asked), status, asked.rows)
    return ASSESSMENTS.page([_assessment(row) for row in rows], asked)


async def _own(assessment_id: UUID, call: CallContext, read: ReadContext) -> Record:
    row = await periods.one(read, assessment_id)
    if row is None:
        raise not_found()
    _, superior = readers(call)
    status = Status(row["status"])
    if superior is None or not await decides(read, superior, assessment_id, row["employee_id"], status):
        await refuse_other(read, call, row["employee_id"])
    return row


def _assessment(row: Record) -> AssessmentShown:
    result = Result.parse(row["result"])
    return AssessmentShown(
        assessment_id=row["assessment_id"],
        period=row["period"],
        employee_id=row["employee_id"],
        assessed_at=row["assessed_at"],
        policy_version=result.policy_version,
        dimensions=result.dimensions,
        proposal=ProposalShown.model_validate_json(row["proposal"]),
        status=row["status"],
        decision=PredicateDecisionShown.model_validate_json(row["decision"]) if row["decision"] else None,
        objection=PredicateObjectionShown.model_validate_json(row["objection"]) if row["objection"] else None,
    )
