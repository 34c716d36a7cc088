"""Periods: quarters and years, the words for them, and when they close."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.periods import Assessment, Period
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.predicate import PredicatePolicy
from services.evaluation.rules.evaluate import evaluate
from services.evaluation.rules.predicate import propose
from services.evaluation.rules.triggering import hidden_id
from services.evaluation.rules.window import quarter_of, quarter_start
from shared.clock import WorkingDays


def periods_of(day: date) -> tuple[Period, Period]:
    """The quarter and the year that a day lies in."""
    start = quarter_start(day)
    end = quarter_start(start + timedelta(days=100)) - timedelta(days=1)
    return (
        Period(quarter_of(day), start, end),
        Period(str(day.year), date(day.year, 1, 1), date(day.year, 12, 31)),
    )


def as_of(until: date, calendar: WorkingDays) -> datetime:
    """The last moment of a period's last day: what is counted later goes to the next."""
    return calendar.end_of(until) - timedelta(microseconds=1)


def assess(
    period: Period, employee: UUID, evidence: Evidence, scoring: ScoringPolicy, predicate: PredicatePolicy
) -> Assessment:
    """One officer's assessment: the dimensions of the window that ends with the period, and the predicate."""
    result = evaluate(evidence, scoring)
    dimensions = {one.dimension: None if one.score is None else Fraction(one.score) for one in result.dimensions}
    return Assessment(
        assessment_id=hidden_id(period.since, f"assessment {period.name} {employee}"),
        period=period.name,
        employee_id=employee,
        evidence=evidence,
        result=result,
        proposal=propose(dimensions, predicate),
    )
