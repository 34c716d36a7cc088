"""Ways to decide who needs training that offices use, beside ours: each sees the same evidence at the same moments.

A method is a number, the larger the worse, and the limit from which on there is a need.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from fairness.looking import Tally
from services.evaluation.model.policy import PER, ScoringPolicy
from services.evaluation.model.words import ALL

Tallies = Mapping[str, Tally]
LEAST = 3
"""Fewer late services or complaints than this are not called a rate."""


@dataclass(frozen=True, slots=True)
class Method:
    """How bad it looks by this method, and from where on it is a need. `tunable`: any limit makes sense."""

    name: str
    badness: Callable[[Tallies, ScoringPolicy], float]
    limit: float
    tunable: bool = False


def raw_count(tallies: Tallies, _: ScoringPolicy) -> float:
    """The late services of the year, whatever their number stands against."""
    return tallies[ALL].observed


def raw_rate(tallies: Tallies, _: ScoringPolicy) -> float:
    """The observed against the usual rate: of any kind of service, of any kind of complaint."""
    return max((PER * one.observed / one.expected for one in _known(tallies.values())), default=0.0)


def average(tallies: Tallies, policy: ScoringPolicy) -> float:
    """The mean mark of any kind of service, where on time is 100 and late 0, as what is missing to 100."""
    known = [one for name, one in tallies.items() if name in policy.services.late_per_10000 and one.items >= 5]
    return max((100 * one.observed / one.items for one in known), default=0.0)


def funnel(tallies: Tallies, _: ScoringPolicy) -> float:
    """How many standard deviations above the usual (square roots give counts one spread; Spiegelhalter 2005)."""
    known = _known(tallies.values())
    return max((2 * (sqrt(one.observed) - sqrt(one.expected / PER)) for one in known), default=0.0)


def _known(tallies: Iterable[Tally]) -> list[Tally]:
    return [one for one in tallies if one.observed >= LEAST]


OTHERS = (
    Method("raw counts, 80 late a year", raw_count, 80),
    Method("raw rate, 1.5 times usual, 3 or more", raw_rate, 1.5, tunable=True),
    Method("average mark of 85, 5 or more", average, 15),
    Method("funnel 99.8 %, repeated, 3 or more", funnel, 3.09, tunable=True),
)


def points_off(late: int, services: int, complaints: int, policy: ScoringPolicy) -> float:
    """Discipline as it is often reckoned: the share on time, and five points less for each complaint."""
    weights = policy.dimensions["discipline"]
    marks = {"timeliness": 100 * (services - late) / services, "delay": max(0.0, 100 - 5 * complaints)}
    return sum(weights[part] * mark for part, mark in marks.items()) / sum(weights[part] for part in marks)
