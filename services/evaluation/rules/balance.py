"""The balance test: is it really more than bad luck? exp(B) is a supermartingale, so one may look at any moment."""

from fractions import Fraction

from services.evaluation.model.result import Test
from services.evaluation.rules import amounts


def balance(observed: Fraction, expected: Fraction, *, gain: Fraction, ratio: int) -> Fraction:
    """B = gain * O - (t - 1) * E, exact."""
    return gain * observed - (ratio - 1) * expected


def exact(test: Test, *, gain: Fraction, ratio: int) -> Fraction:
    """The exact B of a stored test (what is stored of B is rounded down, for showing)."""
    return balance(Fraction(test.observed), Fraction(test.expected), gain=gain, ratio=ratio)


def test_of(
    name: str, observed: Fraction, expected: Fraction, items: int, *, gain: Fraction, ratio: int, minimum: int
) -> Test:
    """The test `name` over its items, as it is stored."""
    found = balance(observed, expected, gain=gain, ratio=ratio)
    return Test(
        name=name,
        observed=str(observed),
        expected=str(expected),
        items=items,
        balance=amounts.text(amounts.down(found)),
        enough=items >= minimum,
    )
