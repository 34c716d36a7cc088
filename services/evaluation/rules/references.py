"""References are district-wide per service, never per unit, or a bad unit would hide itself; K is of all officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from services.evaluation.model.policy import LEAST_SHRINKAGE, MOST_SHRINKAGE, PER, ScoringPolicy
from services.evaluation.model.result import PartResult
from services.evaluation.model.words import ALL
from services.evaluation.rules.balance import balance

FEWEST_OFFICERS, FEWEST_ITEMS = 5, 200
"""Below either the reference would be about persons: it is set by decree."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one officer handled in four quarters: how much, how much of it fell short, and what is usual of that."""

    items: int
    observed: Fraction
    expected: Fraction


def work(part: PartResult) -> Work:
    """An officer's timeliness, all services together."""
    (whole,) = [test for test in part.tests if test.name == ALL]
    return Work(part.items, Fraction(whole.observed), Fraction(whole.expected))


def shrinkage(officers: Sequence[Work]) -> int | None:
    """K = sum E^2 / (sum (O - E)^2 - sum O), rounded half up, in its limits; none where it is to be set by decree.

    What officers differ by beyond chance (of a count O the chance is O) says how much evidence the prior is worth:
    where that is nothing, as much as may be. Exact until it is rounded.
    """
    if len(officers) < FEWEST_OFFICERS or sum(one.items for one in officers) < FEWEST_ITEMS:
        return None
    beyond_chance = sum(((one.observed - one.expected) ** 2 - one.observed for one in officers), Fraction(0))
    if beyond_chance <= 0:
        return MOST_SHRINKAGE
    estimate = sum((one.expected**2 for one in officers), Fraction(0)) / beyond_chance
    return min(max(floor(estimate + Fraction(1, 2)), LEAST_SHRINKAGE), MOST_SHRINKAGE)


def reference(slightly: int, late: int, items: int, officers: int) -> int | None:
    """The usual shortfall per 10,000 services, rounded half up; none where it is to be set by decree."""
    if officers < FEWEST_OFFICERS or items < FEWEST_ITEMS:
        return None
    return floor(PER * (late + Fraction(slightly, 2)) / items + Fraction(1, 2))


def outdated(slightly: int, late: int, items: int, in_force: int, policy: ScoringPolicy) -> bool:
    """Whether the whole district shows what would be a need in one officer: then the reference is wrong, not people."""
    numbers = policy.services
    observed, expected = late + Fraction(slightly, 2), Fraction(items * in_force, PER)
    return balance(observed, expected, gain=numbers.gain, ratio=numbers.ratio) >= policy.need
