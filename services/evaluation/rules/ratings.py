"""The parts that people rate (survey elements, the coach): one voice a person and quarter, by its mean."""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from services.evaluation.model.evidence import Evidence, Rated
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import PartResult
from services.evaluation.model.words import COACH, Rating
from services.evaluation.rules import badday
from services.evaluation.rules.balance import test_of
from services.evaluation.rules.score import Group, score
from services.evaluation.rules.window import quarter_of


def voices(ratings: Iterable[Rating]) -> list[tuple[Rating, Fraction]]:
    """Each person's mean answer of a quarter about a part, beside the last of the answers (which gives it its day)."""
    answers: dict[tuple[str, str, str], list[Rating]] = defaultdict(list)
    for rating in ratings:
        answers[rating.part, quarter_of(rating.day), rating.voice].append(rating)
    return [
        (max(lot, key=lambda one: one.day), Fraction(sum(one.answer for one in lot), len(lot)))
        for _, lot in sorted(answers.items())
    ]


def shortfall(answer: Fraction, best: int) -> Fraction:
    """x of an answer from 1 to the best: (best - answer) / (best - 1)."""
    return (best - answer) / (best - 1)


def rated(part: str, evidence: Evidence, policy: ScoringPolicy) -> PartResult | None:
    """A rated part's result; none where nobody has rated it, or no policy says how."""
    pieces = [piece for piece in evidence.rated if piece.part == part]
    if not pieces or policy.ratings is None:
        return None
    numbers, own = policy.ratings, policy.ratings.parts[part]
    whole = _group(part, pieces)
    value, lines = score([whole], policy, enough=whole.count >= own.minimum)
    fresh = _group(part, [piece for piece in pieces if not piece.treated])
    test = test_of(
        part,
        fresh.observed,
        fresh.expected,
        fresh.count,
        gain=numbers.gain,
        ratio=numbers.ratio,
        minimum=own.minimum,
    )
    return PartResult(part=part, score=value, items=whole.count, tests=(test,), lines=lines)


def _group(part: str, pieces: Iterable[Rated]) -> Group:
    """All voices are one line."""
    pieces = list(pieces)
    observed = sum((piece.count * Fraction(piece.shortfall) for piece in pieces), Fraction(0))
    expected = badday.expected((piece.count, piece.q) for piece in pieces)
    return Group(COACH if part == COACH else "voices", "", sum(piece.count for piece in pieces), observed, expected)
