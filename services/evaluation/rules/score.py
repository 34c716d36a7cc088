"""A part's score and its lines: the denominator is common, so the points of the pieces add up to the score exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import Line
from services.evaluation.rules import amounts

LOWEST, HIGHEST = Fraction(0), Fraction(100)


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces that share a line: how many, what was observed, and what would have been usual (C times q)."""

    kind: str
    subject: str
    count: int
    observed: Fraction
    expected: Fraction


def score(groups: Sequence[Group], policy: ScoringPolicy, *, enough: bool) -> tuple[str | None, tuple[Line, ...]]:
    """The score, and the lines that sum to it. Without enough evidence no score, though the lines are shown."""
    denominator = sum((group.expected for group in groups), Fraction(policy.shrinkage))
    points = [policy.slope * (group.expected - group.observed) / denominator for group in groups]
    lines = [Line(kind="reference", points=amounts.text(Fraction(policy.base)))]
    lines += [
        Line(kind=g.kind, subject=g.subject, count=g.count, points=amounts.text(amounts.half_up(p)))
        for g, p in zip(groups, points, strict=True)
    ]
    if not enough:
        return None, tuple(lines)
    return closed(lines, policy.base + sum(points, Fraction(0)))


def closed(lines: list[Line], exact: Fraction) -> tuple[str, tuple[Line, ...]]:
    """Close the sum with a "limit" line where 0..100 cut it, and a "rounding" line for the last hundredths."""
    limited = min(max(exact, LOWEST), HIGHEST)
    total = amounts.half_up(limited)
    if limited != exact:
        lines = [*lines, Line(kind="limit", points=amounts.text(amounts.half_up(limited - exact)))]
    rest = total - sum(Fraction(line.points) for line in lines)
    if rest:
        lines = [*lines, Line(kind="rounding", points=amounts.text(rest))]
    return amounts.text(total), tuple(lines)
