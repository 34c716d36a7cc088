"""Every number of the instrument, as dated policy."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from fractions import Fraction
from typing import Annotated, Self

from pydantic import AfterValidator

from shared.policy import Numbers, Policy

PER = 10_000
HIGHEST_REFERENCE = 3000
LEAST_SHRINKAGE, MOST_SHRINKAGE = 4, 20
FROZEN = timedelta(days=365)


def _not_too_high(reference: int) -> int:
    """Above that the standard is wrong, not people."""
    if not 0 <= reference <= HIGHEST_REFERENCE:
        raise ValueError(
            f"a reference is 0 to {HIGHEST_REFERENCE} per 10,000: where more is late as a rule, mend the standard"
        )
    return reference


LateReference = Annotated[int, AfterValidator(_not_too_high)]


def _within_limits(shrinkage: int) -> int:
    """K is estimated; beyond its limits the estimate is about chance."""
    if not LEAST_SHRINKAGE <= shrinkage <= MOST_SHRINKAGE:
        raise ValueError(f"K is {LEAST_SHRINKAGE} to {MOST_SHRINKAGE}")
    return shrinkage


Shrinkage = Annotated[int, AfterValidator(_within_limits)]


class ServiceNumbers(Numbers):
    """The references of service records, by service, and how they are counted."""

    ratio: int
    gain: Fraction
    minimum: int
    grace: Fraction
    bad_day: int
    late_per_10000: Mapping[str, LateReference]


class PartNumbers(Numbers):
    """The reference of a complaint part. `always`: it is judged without any complaint too."""

    incidents_per_10000: int
    always: bool = False


class ComplaintNumbers(Numbers):
    """The references of complaints, by part, and how voices weigh."""

    ratio: int
    gain: Fraction
    minimum: int
    pending: Fraction
    pending_together: int
    praise: Fraction
    praise_together: int
    parts: Mapping[str, PartNumbers]


class ContextNumbers(Numbers):
    """The limits of the unit context C."""

    lowest: int
    highest: int


class RatedNumbers(Numbers):
    """A part that people rate, 1 (worst) to `best`: its usual shortfall, and how many voices are enough."""

    best: int
    shortfall_per_10000: int
    minimum: int


class RatingNumbers(Numbers):
    """The references of survey voices and coach's scores, by part."""

    ratio: int
    gain: Fraction
    parts: Mapping[str, RatedNumbers]


class AttendanceNumbers(Numbers):
    """What each unexcused day of absence takes."""

    per_day: int


class LearningNumbers(Numbers):
    """The score without learning hours, what the hours of a year add, and since when the book of hours is kept."""

    base: int
    span: int
    hours: int
    kept_since: date


class InnovationNumbers(Numbers):
    """The points for each point of the criteria's mean."""

    per_point: int


class DirectNumbers(Numbers):
    """The parts that are read off a scale, without a reference."""

    attendance: AttendanceNumbers
    learning: LearningNumbers
    innovation: InnovationNumbers


class ScoringPolicy(Policy):
    """Every number of the instrument. Before version 2026.2 nothing was rated and nothing direct."""

    base: int
    slope: int
    shrinkage: Shrinkage
    need: int
    watch: int
    services: ServiceNumbers
    complaints: ComplaintNumbers
    context: ContextNumbers
    ratings: RatingNumbers | None = None
    direct: DirectNumbers | None = None
    dimensions: Mapping[str, Mapping[str, int]]

    def dimension_of(self, part: str) -> str:
        """The dimension that a part belongs to."""
        return next(name for name, weights in self.dimensions.items() if part in weights)

    @classmethod
    def check_order(cls, policies: Sequence[Self]) -> None:
        """Refuse a reference, or K, that changes within a year: so long it is frozen, so that nobody's target moves."""
        since: dict[str, tuple[int, date]] = {}
        for policy in policies:
            references = {f"the reference of {one}": q for one, q in policy.services.late_per_10000.items()}
            for name, number in (*references.items(), ("K (`shrinkage`)", policy.shrinkage)):
                before, began = since.get(name, (number, policy.valid_from))
                if number != before and policy.valid_from < began + FROZEN:
                    raise ValueError(
                        f"{name} changes on {policy.valid_from}, but the one since {began} is "
                        f"frozen for a year: begin on {began + FROZEN} or later"
                    )
                since[name] = (number, policy.valid_from if number != before else began)


class ViewPolicy(Policy):
    """When and in how much detail a result shows to the employee and the superior (DOMAIN: privacy)."""

    collection_at: time
    fewest_cases: int
