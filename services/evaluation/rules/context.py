"""The unit first: where colleagues show the same finding, it is the unit's, and the officer's reference rises."""

from fractions import Fraction

from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.rules import amounts
from services.evaluation.rules.balance import balance


def context(observed: Fraction, expected: Fraction, policy: ScoringPolicy) -> str:
    """C of one service from the unit without the officer: (O + K) / (E + K) in its limits, or 1 without a finding."""
    numbers = policy.services
    if balance(observed, expected, gain=numbers.gain, ratio=numbers.ratio) < policy.need:
        return amounts.text(Fraction(1))
    raw = amounts.half_up((observed + policy.shrinkage) / (expected + policy.shrinkage))
    return amounts.text(min(max(raw, Fraction(policy.context.lowest)), Fraction(policy.context.highest)))
