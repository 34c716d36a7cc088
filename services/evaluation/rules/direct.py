"""The parts that are read off a scale: attendance, learning hours, innovation. They have no reference and no test."""

from fractions import Fraction

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.policy import DirectNumbers, ScoringPolicy
from services.evaluation.model.result import Line, PartResult
from services.evaluation.rules import amounts
from services.evaluation.rules.score import HIGHEST, closed

ATTENDANCE, LEARNING, INNOVATION = "attendance", "learning", "innovation"


def direct(evidence: Evidence, policy: ScoringPolicy) -> list[PartResult]:
    """The direct parts that have evidence."""
    if policy.direct is None:
        return []
    found = [_attendance(evidence, policy.direct), _learning(evidence, policy.direct)]
    return [part for part in (*found, _innovation(evidence, policy.direct)) if part is not None]


def _attendance(evidence: Evidence, numbers: DirectNumbers) -> PartResult | None:
    """100 less so much a day of unexcused absence, at least 0."""
    days = evidence.absent_days
    if days is None:
        return None
    taken = Fraction(-numbers.attendance.per_day * days)
    return _part(ATTENDANCE, days, _line("whole", HIGHEST), _line("absent", taken, days))


def _learning(evidence: Evidence, numbers: DirectNumbers) -> PartResult | None:
    """The base, and the share of the hours owed times the span, at most 100."""
    hours = evidence.learning
    if hours is None:
        return None
    owed = numbers.learning
    added = Fraction(owed.span * hours, owed.hours)
    return _part(LEARNING, hours, _line("base", Fraction(owed.base)), _line("learned", added, hours))


def _innovation(evidence: Evidence, numbers: DirectNumbers) -> PartResult | None:
    """So much a point of the mean of the best proposal's criteria."""
    criteria = evidence.innovation
    if not criteria:
        return None
    points = Fraction(numbers.innovation.per_point * sum(criteria), len(criteria))
    return _part(INNOVATION, 1, _line("proposal", points, 1))


def _line(kind: str, points: Fraction, count: int = 0) -> tuple[Line, Fraction]:
    return Line(kind=kind, count=count, points=amounts.text(amounts.half_up(points))), points


def _part(name: str, items: int, *lines: tuple[Line, Fraction]) -> PartResult:
    exact = sum((points for _, points in lines), Fraction(0))
    value, shown = closed([line for line, _ in lines if line.count or line.kind in ("whole", "base")], exact)
    return PartResult(part=name, score=value, items=items, tests=(), lines=shown)
