"""The predicate of a period in the law's words: the numeric scale, the matrix, and the numbers of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from shared.events.evaluation import Predicate
from shared.policy import Numbers, Policy


class Rating(StrEnum):
    """How a result, or conduct, stands against what was expected."""

    ABOVE = "above"
    AS_EXPECTED = "as_expected"
    BELOW = "below"


class Shares(Numbers):
    """The weights of result and conduct."""

    result: int
    conduct: int


class Ratings(Numbers):
    """From which point of the scale a result, or conduct, is above or as expected."""

    above: int
    as_expected: int


class PredicatePolicy(Policy):
    """Every number of the scale and the matrix."""

    result: Mapping[str, int]
    innovation: int
    usual: Shares
    peers_heard: Shares
    factor: Fraction
    scale: Mapping[Predicate, int]
    innovation_for_best: int
    ratings: Ratings
    matrix: Mapping[Rating, Mapping[Rating, Predicate]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Both ways to a predicate, and the lower of the two, which is proposed. None where result or conduct is missing.

    `x` is the point on the scale, 0..120, a canonical decimal string; `result` is without it, 0..100.
    """

    result: str | None
    conduct: str | None
    x: str | None
    scale: Predicate | None
    result_rating: Rating | None
    conduct_rating: Rating | None
    matrix: Predicate | None
    proposed: Predicate | None
