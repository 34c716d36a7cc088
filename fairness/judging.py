"""Officers judged by the rules as shipped: whatever is found here, the service would have found."""

from datetime import date
from fractions import Fraction

from fairness.officers import CALENDAR, Year
from services.evaluation.model.evidence import Evidence
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import Result
from services.evaluation.rules.evaluate import evaluate
from services.evaluation.rules.gather import gather


class LinesDiffer(Exception):
    """The lines of a part don't sum to its score: what the officer is told would be wrong."""


def judge(year: Year, day: date, policy: ScoringPolicy) -> Result:
    """The result at the end of a day. Raises LinesDiffer."""
    return judge_evidence(evidence_of(year, day, policy), policy)


def evidence_of(year: Year, day: date, policy: ScoringPolicy) -> Evidence:
    """What the service would have gathered at the end of a day."""
    return gather(year.found(day, {}), lambda _: policy, CALENDAR)


def judge_evidence(evidence: Evidence, policy: ScoringPolicy) -> Result:
    """The result of what was gathered. Raises LinesDiffer."""
    result = evaluate(evidence, policy)
    check_sums(result)
    return result


def check_sums(result: Result) -> None:
    """Raises LinesDiffer where the lines of a part don't sum to its score."""
    for part in result.parts:
        total = sum((Fraction(line.points) for line in part.lines), Fraction(0))
        if part.score is not None and total != Fraction(part.score):
            raise LinesDiffer(f"{part.part}: its lines sum to {float(total)}, its score is {part.score}")


def score_of(result: Result, dimension: str) -> Fraction | None:
    """The score of a dimension, or none for want of evidence."""
    (score,) = (one.score for one in result.dimensions if one.dimension == dimension)
    return None if score is None else Fraction(score)
