"""The unit first: where colleagues show the same finding, it is the unit's, and the officer's reference rises."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import PartResult
from services.evaluation.model.words import ALL, Counted, Found
from services.evaluation.rules import amounts
from services.evaluation.rules.balance import balance
from services.evaluation.rules.gather import On, gather
from services.evaluation.rules.timeliness import timeliness
from shared.clock import WorkingDays

Sums = tuple[Fraction, Fraction]
"""Observed and expected."""
NOTHING: Sums = (Fraction(0), Fraction(0))
NONE = "1.00"
"""C without a finding of the unit."""


def context(observed: Fraction, expected: Fraction, policy: ScoringPolicy) -> str:
    """C of one service from the unit without the officer: (O + K) / (E + K) in its limits, or 1 without a finding."""
    numbers = policy.services
    if balance(observed, expected, gain=numbers.gain, ratio=numbers.ratio) < policy.need:
        return NONE
    raw = amounts.half_up((observed + policy.shrinkage) / (expected + policy.shrinkage))
    return amounts.text(min(max(raw, Fraction(policy.context.lowest)), Fraction(policy.context.highest)))


def contexts(colleagues: Mapping[UUID, Mapping[str, Sums]], policy: ScoringPolicy) -> dict[tuple[UUID, str], str]:
    """C of each officer of one unit, by service: from what is observed and expected of all the others."""
    together: dict[str, Sums] = {}
    for services in colleagues.values():
        for service, (observed, expected) in services.items():
            others = together.get(service, NOTHING)
            together[service] = (others[0] + observed, others[1] + expected)
    return {
        (officer, service): context(whole[0] - own[0], whole[1] - own[1], policy)
        for officer, services in colleagues.items()
        for service, whole in together.items()
        for own in [services.get(service, NOTHING)]
    }


def sums(services: Sequence[Counted], at: datetime, on: On, calendar: WorkingDays) -> dict[str, Sums]:
    """Observed and expected of one officer by service, in the window that ends at a moment, bad days capped."""
    part = handled(services, at, on, calendar)
    tests = part.tests if part else ()
    return {test.name: (Fraction(test.observed), Fraction(test.expected)) for test in tests if test.name != ALL}


def handled(services: Sequence[Counted], at: datetime, on: On, calendar: WorkingDays) -> PartResult | None:
    """One officer's timeliness by records alone, in the window that ends at a moment, bad days capped."""
    return timeliness(gather(Found(at, tuple(services), (), {}), on, calendar), on(calendar.local_day(at)))
