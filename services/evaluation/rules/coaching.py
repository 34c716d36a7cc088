"""Coaching is offered, in private, where a balance test is in watch: first signs, and no need yet.

Nothing takes an offer back: whoever may do without it loses nothing by it.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import Result
from services.evaluation.rules.window import window_start
from shared.events.evaluation import Outcome


def watched(result: Result, policy: ScoringPolicy) -> tuple[str, ...]:
    """The tests in watch, by name. (B is stored rounded down, so that it compares with whole limits as B itself.)"""
    return tuple(
        test.name
        for part in result.parts
        for test in part.tests
        if test.enough and policy.watch <= Fraction(test.balance) < policy.need
    )


def offers(
    result: Result, policy: ScoringPolicy, day: date, *, offered: Mapping[str, date], restarts: Mapping[str, date]
) -> tuple[str, ...]:
    """The tests for which a result of a day offers coaching: once each, while the evidence of the last offer counts.

    `offered`: the day of the last offer, by test; `restarts`: until when a completed course has treated the evidence.
    """
    if result.outcome is not Outcome.WATCH:
        return ()
    first = window_start(day)
    return tuple(
        test
        for test in watched(result, policy)
        if test not in offered or offered[test] < first or offered[test] <= restarts.get(test, date.min)
    )
