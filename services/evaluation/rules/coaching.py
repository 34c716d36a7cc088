"""Coaching is offered, in private, where a balance test is in watch: first signs, and no need yet."""

from fractions import Fraction

from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import Result


def watched(result: Result, policy: ScoringPolicy) -> tuple[str, ...]:
    """The tests in watch, by name. (B is stored rounded down, so that it compares with whole limits as B itself.)"""
    return tuple(
        test.name
        for part in result.parts
        for test in part.tests
        if test.enough and policy.watch <= Fraction(test.balance) < policy.need
    )
