"""Rounding, and the one form in which amounts are shown and stored."""

from fractions import Fraction
from math import floor

HUNDRED = 100


def half_up(x: Fraction) -> Fraction:
    """Rounded half up to 0.01, negatives too: floor(100 x + 1/2) / 100."""
    return Fraction(floor(HUNDRED * x + Fraction(1, 2)), HUNDRED)


def down(x: Fraction) -> Fraction:
    """Rounded down to 0.01."""
    return Fraction(floor(HUNDRED * x), HUNDRED)


def text(x: Fraction) -> str:
    """An amount of whole hundredths, `"-0.01"`."""
    cents = x * HUNDRED
    if cents.denominator != 1:
        raise ValueError(f"{x} is not a whole number of hundredths")
    whole, rest = divmod(abs(int(cents)), HUNDRED)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02}"
