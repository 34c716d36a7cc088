"""The complaint parts (delay, procedure, behaviour): incidents against the services handled."""

from fractions import Fraction

from services.evaluation.model.evidence import Evidence, Handled, Incident
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import PartResult, Test
from services.evaluation.model.words import Finding
from services.evaluation.rules import badday
from services.evaluation.rules.balance import test_of
from services.evaluation.rules.score import Group, score
from services.evaluation.rules.voices import counting, heaviest, weights


def complaints(part: str, evidence: Evidence, policy: ScoringPolicy) -> PartResult | None:
    """A complaint part's result; none where there is neither a complaint nor (for some parts) any need of one."""
    incidents = sorted((one for one in evidence.incidents if one.part == part), key=lambda one: one.id)
    exposure = [(piece.count, piece.q) for piece in evidence.handled if piece.part == part]
    handled, praise = sum(count for count, _ in exposure), evidence.praise.get(part, 0)
    if not incidents and not praise and not (handled and policy.complaints.parts[part].always):
        return None
    usual = badday.expected(exposure)
    groups = [Group("handled", "", handled, Fraction(0), usual), *_weighed(incidents, policy), *_praise(praise, policy)]
    value, lines = score(groups, policy, enough=handled >= policy.complaints.minimum)
    test = _test(part, incidents, [piece for piece in evidence.handled if piece.part == part], policy)
    return PartResult(part=part, score=value, items=handled, tests=(test,), lines=lines)


def _weighed(incidents: list[Incident], policy: ScoringPolicy) -> list[Group]:
    """A line an incident; those that don't count are shown with nothing."""
    weight = weights(incidents, policy.complaints)
    return [Group("incident", one.id, 1, weight[one.id], Fraction(0)) for one in incidents]


def _praise(count: int, policy: ScoringPolicy) -> list[Group]:
    """Praise (one a citizen and quarter) takes from what was observed, within its limit."""
    numbers = policy.complaints
    taken = min(count * numbers.praise, Fraction(numbers.praise_together))
    return [Group("praise", "", count, -taken, Fraction(0))] if count else []


def _test(part: str, incidents: list[Incident], exposure: list[Handled], policy: ScoringPolicy) -> Test:
    """The balance test of the part: upheld incidents only, no praise, of what came since its last need was met.

    Which incidents have a voice is decided over the whole window first.
    """
    numbers = policy.complaints
    upheld = [one for one in counting(incidents) if heaviest(one.voices.values()) is Finding.UPHELD]
    fresh = [(piece.count, piece.q) for piece in exposure if not piece.treated]
    return test_of(
        part,
        Fraction(sum(not one.treated for one in upheld)),
        badday.expected(fresh),
        sum(count for count, _ in fresh),
        gain=numbers.gain,
        ratio=numbers.ratio,
        minimum=numbers.minimum,
    )
