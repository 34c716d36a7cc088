"""Results over HTTP: the officer's own with their explanation, and what became of a complaint."""

from typing import Literal
from uuid import UUID

from asyncpg import Record
from pydantic import BaseModel, ConfigDict

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.policy import ScoringPolicy, ViewPolicy
from services.evaluation.model.result import DimensionResult, Result
from services.evaluation.rules.explain import Explanation, explain
from services.evaluation.store import views
from shared.errors import Problem
from shared.http import Call, Listing, Page, Paging, Reader, Router, authority, refuses

routes = Router()
own = authority.role("employee", "superior")
NOT_FOUND = refuses({404: "There is none, or it is not yours to read"})


class EvaluationSummary(BaseModel):
    """A result in short. It names neither the incident nor its day: the reporter must not show."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "evaluation_id": "019a7c3e-6a20-8b11-8c07-91d2c3e4f506",
                    "employee_id": "7d1c1f0e-3c55-4f0b-8f4e-2f9a6f0f7a01",
                    "status": "provisional",
                    "revision": 1,
                    "outcome": "need",
                    "policy_version": "2026.1",
                    "dimensions": [{"dimension": "discipline", "score": "55.00"}],
                    "needs": ["ktp"],
                }
            ]
        }
    )

    evaluation_id: UUID
    employee_id: UUID
    status: str
    revision: int
    outcome: str
    policy_version: str
    dimensions: tuple[DimensionResult, ...]
    needs: list[str]

    @classmethod
    def of(cls, row: Record) -> "EvaluationSummary":
        """From a stored row."""
        result = Result.parse(row["result"])
        return cls(
            evaluation_id=row["evaluation_id"],
            employee_id=row["employee_id"],
            status=row["status"],
            revision=row["revision"],
            outcome=row["outcome"],
            policy_version=row["policy_version"],
            dimensions=result.dimensions,
            needs=[need.test for need in result.needs],
        )


class ComplaintOutcome(BaseModel):
    """What became of a complaint: its evaluation, or the reason why there is none. Never the result."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "complaint_id": "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11",
                    "evaluation_id": "019a7c3e-6a20-8b11-8c07-91d2c3e4f506",
                    "status": "provisional",
                    "revision": 1,
                    "reason": None,
                }
            ]
        }
    )

    complaint_id: UUID
    evaluation_id: UUID | None
    status: str | None
    revision: int | None
    reason: str | None


EVALUATIONS = Listing[EvaluationSummary]("evaluations", lambda one: (one.evaluation_id,), UUID)


@routes.get("/evaluations/{evaluation_id}", dependencies=[own], responses=NOT_FOUND)
async def get_evaluation(evaluation_id: UUID, call: Call, read: Reader) -> EvaluationSummary:
    """One result, for its employee or the direct superior."""
    return EvaluationSummary.of(await _shown(evaluation_id, call, read))


@routes.get("/evaluations/{evaluation_id}/explanation", dependencies=[own], responses=NOT_FOUND)
async def get_explanation(
    evaluation_id: UUID, call: Call, read: Reader, language: Literal["id", "en"] = "id"
) -> Explanation:
    """Why this score, line by line, as the employee reads it."""
    row = await _shown(evaluation_id, call, read)
    view = read.policies.in_force(ViewPolicy, "view", on=row["visible_from"].astimezone(read.settings.zone).date())
    evidence, result = Evidence.parse(row["evidence"]), Result.parse(row["result"])
    policy = read.policies.version(ScoringPolicy, "scoring", result.policy_version)
    return explain(evidence, result, language=language, fewest=view.fewest_cases, policy=policy)


@routes.get("/employees/{employee_id}/evaluations", dependencies=[own], responses=NOT_FOUND)
async def get_evaluations(employee_id: UUID, call: Call, read: Reader, asked: Paging) -> Page[EvaluationSummary]:
    """An officer's results, newest first."""
    employee, superior = _readers(call)
    if employee != employee_id and not await views.leads(read, employee_id, superior):
        raise _not_found()
    (after,) = EVALUATIONS.place(asked)
    rows = await views.page(read, employee_id, employee, superior, after, asked.rows)
    return EVALUATIONS.page([EvaluationSummary.of(row) for row in rows], asked)


@routes.get(
    "/complaints/{complaint_id}/evaluation",
    dependencies=[authority.role("operator", "service")],
    responses=refuses({404: "No such complaint is known here"}),
)
async def get_complaint_outcome(complaint_id: UUID, read: Reader) -> ComplaintOutcome:
    """Whether a complaint led to an evaluation, or why not."""
    row = await views.of_complaint(read, complaint_id)
    if row is None:
        raise _not_found()
    return ComplaintOutcome.model_validate(dict(row))


async def _shown(evaluation_id: UUID, call: Call, read: Reader) -> Record:
    row = await views.one(read, evaluation_id, *_readers(call))
    if row is None:
        raise _not_found()
    return row


def _readers(call: Call) -> tuple[UUID | None, UUID | None]:
    """The caller as an employee and as a superior: whichever roles the token gives."""
    try:
        subject = UUID(call.principal)
    except ValueError:
        return None, None
    return subject if "employee" in call.roles else None, subject if "superior" in call.roles else None


def _not_found() -> Problem:
    return Problem(404, "not-found", "Not found", "There is no such evaluation, or it is not yours to read.")
