"""What people read about results: in short, with what was said and decided; work that waits; assessments; scores."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.evaluation.model.result import DimensionResult

EVALUATION = "019a7c3e-6a20-8b11-8c07-91d2c3e4f506"
EMPLOYEE = "7d1c1f0e-3c55-4f0b-8f4e-2f9a6f0f7a01"
SUPERIOR = "3253e70c-29de-4d0c-baf1-9c75e0300d16"


def _shown(**example: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class ReplyShown(BaseModel):
    """The officer's own words about a revision."""

    revision: int
    replied_at: datetime
    words: str


class DecisionShown(BaseModel):
    """What the superior decided, beside the computed result. `decided_by`: none where silence confirmed."""

    decided_at: datetime
    decided_by: UUID | None
    adjusted: bool
    outcome: str
    needs: list[str]
    reasons: str | None
    objection_until: date


class ObjectionShown(BaseModel):
    """An objection: its reasons, the assessor's statement, and how it was decided."""

    objection_id: UUID
    filed_at: datetime
    reasons: str
    due_on: date
    statement: str | None
    upheld: bool | None
    decided_at: datetime | None
    outcome: str | None
    needs: list[str] | None
    answer: str | None


class EvaluationSummary(BaseModel):
    """A result in short. It names neither the incident nor its day: the reporter must not show.

    `outcome` and `needs` are as computed; what counts since a decision stands in `decision` and `objection`.
    """

    model_config = _shown(
        evaluation_id=EVALUATION,
        employee_id=EMPLOYEE,
        status="provisional",
        revision=1,
        outcome="need",
        policy_version="2026.1",
        dimensions=[{"dimension": "discipline", "score": "55.00"}],
        needs=["ktp"],
        reply_until="2026-07-22",
        replies=[{"revision": 1, "replied_at": "2026-07-16T03:00:00Z", "words": "I was alone at the counter."}],
        decision=None,
        objection=None,
    )

    evaluation_id: UUID
    employee_id: UUID
    status: str
    revision: int
    outcome: str
    policy_version: str
    dimensions: Sequence[DimensionResult]
    needs: list[str]
    reply_until: date | None
    replies: list[ReplyShown]
    decision: DecisionShown | None
    objection: ObjectionShown | None


class ComplaintOutcome(BaseModel):
    """What became of a complaint: its evaluation, or the reason why there is none. Never the result."""

    model_config = _shown(
        complaint_id="019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11",
        evaluation_id=EVALUATION,
        status="provisional",
        revision=1,
        reason=None,
    )

    complaint_id: UUID
    evaluation_id: UUID | None
    status: str | None
    revision: int | None
    reason: str | None


class WorkItem(BaseModel):
    """Something that waits for a superior, about an evaluation, or at a period's close about an assessment.

    `due_on` is the last day in time, `open_from` the first on which it may be done (none: now). `outcome`: what stands
    so far; of a period the predicate (none: nothing could be proposed).
    """

    model_config = _shown(
        kind="decision",
        evaluation_id=EVALUATION,
        assessment_id=None,
        employee_id=EMPLOYEE,
        period=None,
        revision=1,
        outcome="need",
        replied=False,
        due_on="2026-07-29",
        open_from="2026-07-23",
    )

    kind: str
    evaluation_id: UUID | None = None
    assessment_id: UUID | None = None
    employee_id: UUID
    period: str | None = None
    revision: int | None = None
    outcome: str | None
    replied: bool = False
    due_on: date
    open_from: date | None


class StandInShown(BaseModel):
    """Who acts for a superior from a day until another; nobody: the next level up decides."""

    model_config = _shown(
        stand_in_id="019a7c3e-6a20-8b11-8c07-91d2c3e4f507",
        holder_id=SUPERIOR,
        acting_id=EMPLOYEE,
        since="2026-07-20",
        until="2026-07-31",
    )

    stand_in_id: UUID
    holder_id: UUID
    acting_id: UUID | None
    since: date
    until: date


class PeriodShown(BaseModel):
    """A period; `officers` and `assessed` count from its closing on."""

    model_config = _shown(
        period="2026-Q2",
        since="2026-04-01",
        until="2026-06-30",
        opened_at="2026-03-31T17:10:00Z",
        officers=21,
        assessed=21,
        closed_at="2026-07-07T17:00:01Z",
    )

    period: str
    since: date
    until: date
    opened_at: datetime
    officers: int | None
    assessed: int
    closed_at: datetime | None


class ProposalShown(BaseModel):
    """The legal scale and the matrix, and the lower predicate of both, which is proposed; the superior decides."""

    result: str | None
    conduct: str | None
    x: str | None
    scale: str | None
    result_rating: str | None
    conduct_rating: str | None
    matrix: str | None
    proposed: str | None


class PredicateDecisionShown(BaseModel):
    """The predicate that the superior set, beside the proposed one. `decided_by`: none where silence confirmed."""

    decided_at: datetime
    decided_by: UUID | None
    adjusted: bool
    predicate: str
    reasons: str | None
    objection_until: date


class PredicateObjectionShown(BaseModel):
    """An objection to a predicate: its reasons, the assessor's statement, and how it was decided."""

    objection_id: UUID
    filed_at: datetime
    reasons: str
    due_on: date
    statement: str | None
    upheld: bool | None
    decided_at: datetime | None
    predicate: str | None
    answer: str | None


class AssessmentShown(BaseModel):
    """One officer's result for a period: what is proposed, what the superior decided, and an objection to it."""

    model_config = _shown(
        assessment_id="019a7c3e-6a20-8b11-8c07-91d2c3e4f508",
        period="2026-Q2",
        employee_id=EMPLOYEE,
        assessed_at="2026-07-07T17:00:01Z",
        policy_version="2026.1",
        dimensions=[{"dimension": "discipline", "score": "85.00"}, {"dimension": "conduct", "score": "85.00"}],
        proposal={
            "result": "85.00",
            "conduct": "85.00",
            "x": "102.00",
            "scale": "Baik",
            "result_rating": "as_expected",
            "conduct_rating": "as_expected",
            "matrix": "Baik",
            "proposed": "Baik",
        },
        status="confirmed",
        decision={
            "decided_at": "2026-07-14T02:00:00Z",
            "decided_by": SUPERIOR,
            "adjusted": False,
            "predicate": "Baik",
            "reasons": None,
            "objection_until": "2026-07-28",
        },
        objection=None,
    )

    assessment_id: UUID
    period: str
    employee_id: UUID
    assessed_at: datetime
    policy_version: str
    dimensions: Sequence[DimensionResult]
    proposal: ProposalShown
    status: str
    decision: PredicateDecisionShown | None
    objection: PredicateObjectionShown | None
