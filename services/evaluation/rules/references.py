"""References are district-wide per service, never per unit, or a bad unit would hide itself."""

from fractions import Fraction
from math import floor

from services.evaluation.model.policy import PER

FEWEST_OFFICERS, FEWEST_ITEMS = 5, 200
"""Below either the reference would be about persons: it is set by decree."""


def reference(slightly: int, late: int, items: int, officers: int) -> int | None:
    """The usual shortfall per 10,000 services, rounded half up; none where it is to be set by decree."""
    if officers < FEWEST_OFFICERS or items < FEWEST_ITEMS:
        return None
    return floor(PER * (late + Fraction(slightly, 2)) / items + Fraction(1, 2))
