"""What the tests of all parts say together, which needs they show, and the dimensions' scores."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from services.evaluation.model.policy import ComplaintNumbers, RatingNumbers, ScoringPolicy, ServiceNumbers
from services.evaluation.model.result import DimensionResult, NeedFound, PartResult, Test
from services.evaluation.model.words import ALL, TIMELINESS
from services.evaluation.rules import amounts, balance
from shared.events.evaluation import Outcome


def outcome(parts: Sequence[PartResult], policy: ScoringPolicy) -> Outcome:
    """By the largest balance of all tests that have enough items."""
    found = [_balance(part, test, policy) for part in parts for test in part.tests if test.enough]
    if not found:
        return Outcome.NOT_ENOUGH_EVIDENCE
    largest = max(found)
    if largest <= 0:
        return Outcome.ISOLATED
    if largest < policy.watch:
        return Outcome.INCONCLUSIVE
    return Outcome.WATCH if largest < policy.need else Outcome.NEED


def needs(parts: Sequence[PartResult], policy: ScoringPolicy) -> tuple[NeedFound, ...]:
    """One need for each test at or above NEED; `all` only where no single service shows one."""
    return tuple(
        NeedFound(test=name, part=part.part, dimension=policy.dimension_of(part.part))
        for part in parts
        for name in _needed(part, policy)
    )


def _needed(part: PartResult, policy: ScoringPolicy) -> list[str]:
    shown = [test.name for test in part.tests if test.enough and _balance(part, test, policy) >= policy.need]
    single = [name for name in shown if name != ALL]
    return single if single or not shown else [_main_service(part)]


def _main_service(part: PartResult) -> str:
    """The service with the largest O - E, if that is at least half of all's; else lateness in general."""
    excess = {test.name: Fraction(test.observed) - Fraction(test.expected) for test in part.tests}
    total = excess.pop(ALL)
    first = min(excess, key=lambda name: (-excess[name], name))
    return first if 2 * excess[first] >= total else ALL


def _balance(part: PartResult, test: Test, policy: ScoringPolicy) -> Fraction:
    numbers = _numbers(part.part, policy)
    return balance.exact(test, gain=numbers.gain, ratio=numbers.ratio)


def _numbers(part: str, policy: ScoringPolicy) -> ServiceNumbers | RatingNumbers | ComplaintNumbers:
    """The ratio that a part's tests look for."""
    if part == TIMELINESS:
        return policy.services
    return policy.ratings if policy.ratings and part in policy.ratings.parts else policy.complaints


def dimensions(parts: Sequence[PartResult], policy: ScoringPolicy) -> tuple[DimensionResult, ...]:
    """The dimensions that have a part, in the policy's order."""
    scores = {part.part: part.score for part in parts}
    return tuple(
        DimensionResult(dimension=name, score=dimension(weights, scores))
        for name, weights in policy.dimensions.items()
        if scores.keys() & weights.keys()
    )


def dimension(weights: Mapping[str, int], scores: Mapping[str, str | None]) -> str | None:
    """The weighted mean of the parts that are present; none where all are absent."""
    present = {part: Fraction(value) for part, value in scores.items() if value is not None and part in weights}
    if not present:
        return None
    weighted = sum((weights[part] * value for part, value in present.items()), Fraction(0))
    return amounts.text(amounts.half_up(weighted / sum(weights[part] for part in present)))
