"""The part *timeliness*: service records against the district's usual lateness, one bad day capped."""

from collections.abc import Iterable
from fractions import Fraction

from services.evaluation.model.evidence import Evidence, LateDay
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import PartResult, Test
from services.evaluation.model.words import TIMELINESS
from services.evaluation.rules import badday
from services.evaluation.rules.balance import test_of
from services.evaluation.rules.score import Group, score

ALL = "all"


def timeliness(evidence: Evidence, policy: ScoringPolicy) -> PartResult | None:
    """The part's result; none where the officer has no service record in the window."""
    late, aside = badday.counted(evidence.late, evidence.caps)
    services = sorted({piece.service for piece in evidence.on_time} | {piece.service for piece in evidence.late})
    groups = [group for service in services for group in _groups(service, evidence, late) if group.count]
    if not groups:
        return None
    items = sum(group.count for group in groups)
    value, lines = score(groups + _shown(aside, evidence), policy, enough=items >= policy.services.minimum)
    return PartResult(part=TIMELINESS, score=value, items=items, tests=_tests(groups, policy), lines=lines)


def _groups(service: str, evidence: Evidence, late: Iterable[LateDay]) -> list[Group]:
    """A service's pieces on time, and its late ones."""
    context = Fraction(evidence.context.get(service, "1"))
    on_time = [(piece.count, piece.q) for piece in evidence.on_time if piece.service == service]
    mine = [piece for piece in late if piece.service == service]
    slow = [(piece.slightly + piece.late, piece.q) for piece in mine]
    observed = sum((piece.late + Fraction(piece.slightly, 2) for piece in mine), Fraction(0))
    return [
        Group("on_time", service, sum(n for n, _ in on_time), Fraction(0), context * badday.expected(on_time)),
        Group("late", service, sum(n for n, _ in slow), observed, context * badday.expected(slow)),
    ]


def _shown(aside: int, evidence: Evidence) -> list[Group]:
    """What is shown and counts nothing: set aside by the cap, or a service that has no reference yet."""
    nothing = Fraction(0)
    shown = [Group("set_aside", "", aside, nothing, nothing)] if aside else []
    return shown + [Group("unreferenced", s, n, nothing, nothing) for s, n in sorted(evidence.unreferenced.items())]


def _tests(groups: list[Group], policy: ScoringPolicy) -> tuple[Test, ...]:
    """One balance test a service, and one over all of them."""
    services = sorted({group.subject for group in groups})
    return tuple(
        [_test(s, [g for g in groups if g.subject == s], policy) for s in services] + [_test(ALL, groups, policy)]
    )


def _test(name: str, groups: list[Group], policy: ScoringPolicy) -> Test:
    numbers = policy.services
    items = sum(group.count for group in groups)
    observed = sum((group.observed for group in groups), Fraction(0))
    expected = sum((group.expected for group in groups), Fraction(0))
    return test_of(name, observed, expected, items, gain=numbers.gain, ratio=numbers.ratio, minimum=numbers.minimum)
