"""Every number of the instrument, as dated policy."""

from collections.abc import Mapping
from datetime import time
from fractions import Fraction

from shared.policy import Numbers, Policy

PER = 10_000


class ServiceNumbers(Numbers):
    """The references of service records, by service, and how they are counted."""

    ratio: int
    gain: Fraction
    minimum: int
    grace: Fraction
    bad_day: int
    late_per_10000: Mapping[str, int]


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


class ScoringPolicy(Policy):
    """Every number of the instrument."""

    base: int
    slope: int
    shrinkage: int
    need: int
    watch: int
    services: ServiceNumbers
    complaints: ComplaintNumbers
    context: ContextNumbers
    dimensions: Mapping[str, Mapping[str, int]]

    def dimension_of(self, part: str) -> str:
        """The dimension that a part belongs to."""
        return next(name for name, weights in self.dimensions.items() if part in weights)


class ViewPolicy(Policy):
    """When and in how much detail a result shows to the employee and the superior (DOMAIN: privacy)."""

    collection_at: time
    fewest_cases: int
