"""Attacks on a score: what somebody could try for or against an officer, and how far it gets."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from random import Random

from fairness.judging import evidence_of, judge, judge_evidence, score_of
from fairness.methods import points_off
from fairness.officers import QUARTERS, Work, Year, claim, draw, quarter_end, rows, working_days
from fairness.working import Workers
from services.evaluation.model.policy import PER, ScoringPolicy
from services.evaluation.model.result import Result
from services.evaluation.model.words import ALL, Claim, Finding
from services.evaluation.rules.balance import balance
from services.evaluation.rules.context import context

KIND, PADDING = "ktp", "skck"
SERVICES, LATE = 800, 96
"""The officer who is attacked: a year of identity cards, as late as is usual (1,200 per 10,000)."""
LAST = quarter_end(QUARTERS[-1])
HARD, UNIT, VOLUME = 1.6, 10, 200
"""A unit that is harder than others, its officers, and the services of each a quarter."""


@dataclass(frozen=True, slots=True)
class Attack:
    """What was tried, and by how many points it moved discipline: with us, and with five points off a complaint.

    `bounded`: what may not move it by more than the bound.
    """

    name: str
    ours: float
    plainly: float
    bounded: bool = False


def usual_year(late: int = LATE, claims: Sequence[Claim] = (), outage: int = 0, padding: int = 0) -> Year:
    """A year of the officer who is attacked: late services spread over the days, no two on one."""
    days = [day for start in QUARTERS for day in working_days(start)]
    counts: Counter[tuple[date, str, bool]] = Counter()
    for n in range(SERVICES):
        counts[days[n % len(days)], KIND, False] += 1
    for n in range(late):
        day = days[n * len(days) // late]
        counts[day, KIND, False] -= 1
        counts[day, KIND, True] += 1
    counts[days[-1], KIND, True] += outage
    for n in range(padding):
        counts[days[n % len(days)], PADDING, False] += 1
    return Year(rows(counts), tuple(claims))


def attacks(policy: ScoringPolicy) -> list[Attack]:
    """Angry citizen, campaign, outage, padding: each on one officer whose work is as usual."""
    start, day = QUARTERS[-1], working_days(QUARTERS[-1])[9]
    angry = [claim("delay", one, "one citizen", Finding.PENDING) for one in working_days(start)[:20]]
    upheld = [claim("delay", one.day, "one citizen", Finding.UPHELD) for one in angry]
    campaign = [claim("delay", day, f"citizen {n}", Finding.PENDING) for n in range(15)]
    return [
        _against("twenty pending complaints of one citizen", policy, claims=angry, bounded=True),
        _against("fifteen pending complaints of one day", policy, claims=campaign, bounded=True),
        _against("twenty complaints of one citizen, all upheld", policy, claims=upheld),
        _against("an outage: thirty late on one day", policy, outage=30),
        _against("padding: eighty invented easy services", policy, late=LATE * 3 // 2, padding=80),
        _against("padding: two hundred invented easy services", policy, late=LATE * 3 // 2, padding=200),
        _suppression(policy),
    ]


def _against(
    name: str,
    policy: ScoringPolicy,
    *,
    late: int = LATE,
    claims: Sequence[Claim] = (),
    outage: int = 0,
    padding: int = 0,
    bounded: bool = False,
) -> Attack:
    """By how much the attack moves the discipline of somebody who would else have a usual year."""
    before, after = (usual_year(late), usual_year(late, claims, outage, padding))
    ours = _discipline(after, policy) - _discipline(before, policy)
    plainly = points_off(late + outage, SERVICES + outage + padding, len(claims), policy)
    return Attack(name, ours, plainly - points_off(late, SERVICES, 0, policy), bounded)


def _suppression(policy: ScoringPolicy) -> Attack:
    """An officer with three times the usual complaints, none of which arrives."""
    count = 3 * SERVICES * policy.complaints.parts["delay"].incidents_per_10000 // PER
    days = working_days(QUARTERS[1])
    claims = [claim("delay", days[3 * n], f"citizen {n}", Finding.UPHELD) for n in range(count)]
    ours = _discipline(usual_year(), policy) - _discipline(usual_year(claims=claims), policy)
    name = "suppression: three times the usual complaints, all vanish"
    return Attack(name, ours, points_off(LATE, SERVICES, 0, policy) - points_off(LATE, SERVICES, count, policy))


def _discipline(year: Year, policy: ScoringPolicy) -> float:
    score = score_of(judge(year, LAST, policy), "discipline")
    assert score is not None, "a year of work is enough evidence"
    return float(score)


def audit(handled: int, complaints: int, policy: ScoringPolicy) -> float:
    """The balance test the other way round (0.5 E - 0.694 O): from NEED on, a unit has too few complaints."""
    usual = Fraction(handled * policy.complaints.parts["delay"].incidents_per_10000, PER)
    return float(usual / 2 + balance(Fraction(complaints), Fraction(0), gain=Fraction(-694, 1000), ratio=1))


@dataclass(frozen=True, slots=True)
class HardUnit:
    """Officers of hard units: how many had a need by their own numbers alone, and with the unit's context."""

    usual: int = 0
    usual_alone: int = 0
    usual_with: int = 0
    twice: int = 0
    twice_alone: int = 0
    twice_with: int = 0

    def __add__(self, other: "HardUnit") -> "HardUnit":
        """The officers of both."""
        return HardUnit(*(own + others for own, others in zip(astuple(self), astuple(other), strict=True)))


def hard_units(policy: ScoringPolicy, officers: int, seeds: Sequence[int], workers: Workers) -> HardUnit:
    """Units that are 1.6 times as hard; in each of them one officer is twice as often late as the colleagues."""
    names = [f"{seed} hard unit {n}" for seed in seeds for n in range(max(1, officers // UNIT))]
    return sum(workers.each(partial(_hard_unit, policy=policy), names), HardUnit())


def _hard_unit(name: str, policy: ScoringPolicy) -> HardUnit:
    random, colleagues = Random(name), UNIT - 1
    kinds = random.sample(sorted(policy.services.late_per_10000), 3)
    ratios = [2 * HARD, *[HARD] * colleagues]
    alone, together = _unit([draw(Work(VOLUME, r), policy, random, kinds) for r in ratios], policy)
    return HardUnit(colleagues, sum(alone[1:]), sum(together[1:]), 1, alone[0], together[0])


def _unit(years: Sequence[Year], policy: ScoringPolicy) -> tuple[list[bool], list[bool]]:
    """Who had a need for late services at the end of some quarter: alone, and in the context of the unit."""
    alone, together = [False] * len(years), [False] * len(years)
    for day in map(quarter_end, QUARTERS):
        evidence = [evidence_of(year, day, policy) for year in years]
        results = [judge_evidence(one, policy) for one in evidence]
        for n, (one, result) in enumerate(zip(evidence, results, strict=True)):
            context = contexts(results[:n] + results[n + 1 :], policy)
            alone[n] |= _late(result)
            together[n] |= _late(judge_evidence(one.model_copy(update={"context": context}), policy))
    return alone, together


def contexts(colleagues: Sequence[Result], policy: ScoringPolicy) -> Mapping[str, str]:
    """C by kind of service, by the shipped rule, from the results of a unit's other officers."""
    tests = [test for result in colleagues for test in result.parts[0].tests if test.name != ALL]
    return {
        kind: context(
            sum((Fraction(test.observed) for test in tests if test.name == kind), Fraction(0)),
            sum((Fraction(test.expected) for test in tests if test.name == kind), Fraction(0)),
            policy,
        )
        for kind in sorted({test.name for test in tests})
    }


def _late(result: Result) -> bool:
    return any(need.part == "timeliness" for need in result.needs)
