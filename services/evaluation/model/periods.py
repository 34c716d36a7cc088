"""Periods, and the result of one officer for one of them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.predicate import Proposal
from services.evaluation.model.result import Result


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
