"""What lies before each look at a year, counted plainly; and which looks can't find a need, so that they are quick."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fairness.officers import Year
from services.evaluation.model.policy import PER, ScoringPolicy
from services.evaluation.model.result import Result
from services.evaluation.model.words import ALL

HUNDREDTH = 0.01
HAIR = 1e-6
"""Far more than floats err by, far less than one late service moves."""


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
    references = policy.services.late_per_10000
    parts = {part: numbers.incidents_per_10000 for part, numbers in policy.complaints.parts.items()}
    services, incidents = iter(year.services), sorted({(one.day, one.part) for one in year.claims})
    row, told = next(services, None), 0
    for day in year.looks():
        while row is not None and row.day <= day:
            items, q = row.handled, references[row.service]
            tallies[row.service].add(row.late, items, q)
            tallies[ALL].add(row.late, items, q)
            for part, usual in parts.items():
                tallies[part].add(0, items, usual)
            row = next(services, None)
        while told < len(incidents) and incidents[told][0] <= day:
            tallies[incidents[told][1]].observed += 1
            told += 1
        yield day, tallies


class Sieve:
    """Tells the looks that can't find a need, so that only the others are judged in full.

    A late service or a complaint raises a balance, and what the cap sets aside only lowers it. So since it was judged
    last no balance has risen more than that of all evidence, uncapped, has. (A year begins with nothing before it:
    nothing leaves the window.) Floats are quick, and rounded up by a hair they let through a look too many, never one
    too few.
    """

    def __init__(self, policy: ScoringPolicy) -> None:
        self._need = policy.need
        services, complaints = policy.services, policy.complaints
        self._numbers = {
            **dict.fromkeys((ALL, *services.late_per_10000), (float(services.gain), (services.ratio - 1) / PER)),
            **dict.fromkeys(complaints.parts, (float(complaints.gain), (complaints.ratio - 1) / PER)),
        }
        self._aside: dict[str, float] = {}

    def passes(self, tallies: Mapping[str, Tally]) -> bool:
        """Whether the shipped rules may find a need here."""
        return any(self.highest(name, one) >= self._need for name, one in tallies.items())

    def highest(self, name: str, tally: Tally) -> float:
        """No balance of this test that the shipped rules find here is higher."""
        return self._uncapped(name, tally) - self._aside.get(name, 0.0) + HAIR

    def _uncapped(self, name: str, tally: Tally) -> float:
        gain, usual = self._numbers[name]
        return gain * tally.observed - usual * tally.expected

    def note(self, result: Result, tallies: Mapping[str, Tally]) -> None:
        """What was judged here in full: how much the cap has taken so far. (Balances are rounded down to 0.01.)"""
        for part in result.parts:
            for test in part.tests:
                highest = float(test.balance) + HUNDREDTH
                self._aside[test.name] = self._uncapped(test.name, tallies[test.name]) - highest
