"""References are district-wide per service, never per unit, or a bad unit would hide itself."""

from fractions import Fraction
from math import floor

from services.evaluation.model.policy import PER, ScoringPolicy
from services.evaluation.rules.balance import balance

FEWEST_OFFICERS, FEWEST_ITEMS = 5, 200
"""Below either the reference would be about persons: it is set by decree."""


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
