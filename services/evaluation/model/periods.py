"""Periods, the result of one officer for one of them, and the predicate that is decided about it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.evaluation.model.decisions import Objection
from services.evaluation.model.evidence import Evidence
from services.evaluation.model.predicate import Proposal
from services.evaluation.model.result import Result
from shared.events.evaluation import Predicate, Status


@dataclass(frozen=True, slots=True)
class Period:
    """A period: `2026-Q1`, or `2026` for a year; its first and last day, local."""

    name: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a period's evidence says about an officer, and the predicate that is proposed."""

    assessment_id: UUID
    period: str
    employee_id: UUID
    evidence: Evidence
    result: Result
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class PredicateDecision:
    """The predicate that a superior set. `decided_by`: none where silence confirmed."""

    decided_by: UUID | None
    predicate: Predicate
    objection_until: date


@dataclass(frozen=True, slots=True)
class PeriodCase:
    """An assessment as it is decided about. `proposed`: none where result or conduct is missing."""

    assessment_id: UUID
    period: str
    employee_id: UUID
    assessed_at: datetime
    status: Status
    proposed: Predicate | None
    decision: PredicateDecision | None
    objection: Objection | None

    @property
    def stands(self) -> Predicate | None:
        """What counts so far: the decided predicate, else the proposed one."""
        return self.decision.predicate if self.decision else self.proposed
