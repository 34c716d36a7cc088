"""What lies before each look at a year, counted plainly; and which looks can't find a need, so that they are quick."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fairness.officers import Year
from services.evaluation.model.policy import PER, ScoringPolicy
from services.evaluation.model.result import Result
from services.evaluation.model.words import ALL
from services.evaluation.rules.balance import balance

HUNDREDTH = Fraction(1, 100)


@dataclass(slots=True)
class Tally:
    """One balance test's evidence without the bad-day cap: `expected` in items per 10,000."""

    observed: int = 0
    expected: int = 0
    items: int = 0

    def add(self, observed: int, items: int, q: int) -> None:
        self.observed += observed
        self.items += items
        self.expected += items * q


def looks(year: Year, policy: ScoringPolicy) -> Iterator[tuple[date, Mapping[str, Tally]]]:
    """Each look at a year, with all that came before it, by balance test."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    services, incidents = iter(year.services), sorted({(one.day, one.part) for one in year.claims})
    row, told = next(services, None), 0
    for day in year.looks():
        while row is not None and row.day <= day:
            items, q = row.on_time + row.late, policy.services.late_per_10000[row.service]
            tallies[row.service].add(row.late, items, q)
            tallies[ALL].add(row.late, items, q)
            for part, numbers in policy.complaints.parts.items():
                tallies[part].add(0, items, numbers.incidents_per_10000)
            row = next(services, None)
        while told < len(incidents) and incidents[told][0] <= day:
            tallies[incidents[told][1]].observed += 1
            told += 1
        yield day, tallies


class Sieve:
    """Tells the looks that can't find a need, so that only the others are judged in full.

    A late service or a complaint raises a balance by its gain at most, and what the cap sets aside only lowers it.
    So no balance is above that of all evidence, uncapped, nor above the last one judged plus the gains since. (A year
    begins with nothing before it: nothing leaves the window.)
    """

    def __init__(self, policy: ScoringPolicy) -> None:
        self._policy = policy
        self._last: dict[str, tuple[Fraction, int]] = {}

    def passes(self, tallies: Mapping[str, Tally]) -> bool:
        """Whether the shipped rules may find a need here."""
        return any(self.highest(name, one) >= self._policy.need for name, one in tallies.items())

    def highest(self, name: str, tally: Tally) -> Fraction:
        """No balance of this test that the shipped rules find here is higher."""
        policy = self._policy
        numbers = policy.complaints if name in policy.complaints.parts else policy.services
        uncapped = balance(
            Fraction(tally.observed), Fraction(tally.expected, PER), gain=numbers.gain, ratio=numbers.ratio
        )
        judged, observed = self._last.get(name, (Fraction(0), 0))
        return min(uncapped, judged + numbers.gain * (tally.observed - observed))

    def note(self, result: Result, tallies: Mapping[str, Tally]) -> None:
        """What was judged here in full. (Its balances are rounded down to 0.01.)"""
        for part in result.parts:
            for test in part.tests:
                self._last[test.name] = Fraction(test.balance) + HUNDREDTH, tallies[test.name].observed
