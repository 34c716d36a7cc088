"""Invented officers: a year of work whose true quality is known, drawn from a seed. Nobody here exists."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from math import comb
from random import Random
from zoneinfo import ZoneInfo

from services.evaluation.model.policy import PER, ScoringPolicy
from services.evaluation.model.words import Claim, Counted, Finding, Found
from services.evaluation.rules.window import quarter_start
from shared.clock import WorkingDays

CALENDAR = WorkingDays(ZoneInfo("Asia/Jakarta"))
YEAR = 2025
KINDS = 3
"""How many kinds of service one officer handles."""
QUARTERS = tuple(date(YEAR, month, 1) for month in (1, 4, 7, 10))


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of officer: services a quarter, the true rate of late services and of complaints against the usual, and
    what else is so: the share of days that are bad, how late those are (a rate against the usual), and how much worse
    the first weeks of a newcomer are.
    """

    services: int
    ratio: float = 1.0
    bad_days: float = 0.01
    bad_ratio: float = 2.0
    first_weeks: int = 0
    first_ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class Year:
    """What one officer did, and who complained; the officer began on its first day."""

    services: tuple[Counted, ...]
    claims: tuple[Claim, ...]

    def found(self, day: date, context: Mapping[str, str]) -> Found:
        """What is known at the end of a day, as the service would have loaded it."""
        return Found(as_of=at_end_of(day), services=self.services, claims=self.claims, context=context)

    def looks(self) -> list[date]:
        """Each day on which the officer is evaluated: of each complaint, and the end of each quarter."""
        ends = {quarter_end(start) for start in QUARTERS}
        return sorted(ends | {claim.day for claim in self.claims})


def draw(work: Work, policy: ScoringPolicy, random: Random, kinds: Sequence[str] = ()) -> Year:
    """One officer's year; with kinds of service of one's own where none are given."""
    kinds = kinds or random.sample(sorted(policy.services.late_per_10000), KINDS)
    usual = {kind: policy.services.late_per_10000[kind] / PER for kind in kinds}
    services: list[Counted] = []
    claims: list[Claim] = []
    for start in QUARTERS:
        ratios = {day: _ratio(work, day, random) for day in working_days(start)}
        handled = Counter(random.choices([(day, kind) for day in ratios for kind in kinds], k=work.services))
        of_day: Counter[date] = Counter()
        for (day, kind), count in sorted(handled.items()):
            late = hits(count, ratios[day] * usual[kind], random)
            services.append(Counted(day, kind, count - late, 0, late))
            of_day[day] += count
        claims += _complaints([(day, count, ratios[day]) for day, count in of_day.items()], policy, random)
    return Year(tuple(services), tuple(claims))


def rows(counts: Mapping[tuple[date, str, bool], int]) -> tuple[Counted, ...]:
    """Counters by day, kind of service and whether late, as the service keeps them: one row a day and kind."""
    places = sorted({(day, kind) for day, kind, _ in counts})
    return tuple(
        Counted(day, kind, counts.get((day, kind, False), 0), 0, counts.get((day, kind, True), 0))
        for day, kind in places
    )


def _ratio(work: Work, day: date, random: Random) -> float:
    """How often services are late on a day, against the usual."""
    new = day < date(YEAR, 1, 1) + timedelta(weeks=work.first_weeks)
    usual = work.first_ratio if new else work.ratio
    return work.bad_ratio if random.random() < work.bad_days else usual


def _complaints(days: Sequence[tuple[date, int, float]], policy: ScoringPolicy, random: Random) -> list[Claim]:
    """The complaints that the services of days (how many, rate against the usual) lead to.

    They are upheld, each of another citizen: so a need is never for want of proof.
    """
    parts = {part: numbers.incidents_per_10000 for part, numbers in policy.complaints.parts.items()}
    each = sum(parts.values()) / PER
    return [
        claim(part, day, f"{random.getrandbits(48):x}", Finding.UPHELD)
        for day, count, ratio in days
        for _ in range(hits(count, ratio * each, random))
        for part in random.choices(list(parts), list(parts.values()))
    ]


def hits(count: int, chance: float, random: Random) -> int:
    """How many of so many tosses hit: one draw from their (binomial) distribution, instead of a toss each."""
    return bisect_left(_at_most(count, chance), random.random())


@cache
def _at_most(count: int, chance: float) -> Sequence[float]:
    """The chance of at most 0, 1, 2 ... hits; a chance above 1 hits always."""
    chance = min(chance, 1.0)
    fewer = accumulate(comb(count, n) * chance**n * (1 - chance) ** (count - n) for n in range(count))
    return [*fewer, 1.0]


def claim(part: str, day: date, citizen: str, finding: Finding) -> Claim:
    """A complaint of a citizen about a part of a day's work."""
    return Claim(incident=f"{part} {day}", part=part, day=day, voice=f"{quarter_start(day)} {citizen}", finding=finding)


@cache
def working_days(start: date) -> Sequence[date]:
    """The working days of the quarter that begins on a day."""
    days = (quarter_end(start) - start).days + 1
    return [day for n in range(days) if CALENDAR.is_working(day := start + timedelta(days=n))]


def quarter_end(start: date) -> date:
    """The last day of the quarter that begins on a day."""
    return quarter_start(start + timedelta(days=100)) - timedelta(days=1)


def at_end_of(day: date) -> datetime:
    """The last minute of a local day."""
    return datetime.combine(day, time(23, 59), CALENDAR.zone)
