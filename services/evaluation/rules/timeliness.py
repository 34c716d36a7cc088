"""The part *timeliness*: service records against the district's usual lateness, one bad day capped."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from services.evaluation.model.evidence import Evidence, LateDay, OnTime
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import PartResult, Test
from services.evaluation.model.words import ALL, TIMELINESS
from services.evaluation.rules import badday
from services.evaluation.rules.balance import test_of
from services.evaluation.rules.score import Group, score

P = TypeVar("P", OnTime, LateDay)


def timeliness(evidence: Evidence, policy: ScoringPolicy) -> PartResult | None:
    """The part's result; none where the officer has no service record in the window."""
    late, aside = badday.counted(evidence.late, evidence.caps)
    groups = [group for group in _groups(evidence.on_time, late, evidence.context) if group.count]
    if not groups:
        return None
    items = sum(group.count for group in groups)
    value, lines = score(groups + _shown(aside, evidence), policy, enough=items >= policy.services.minimum)
    fresh = _groups(
        [piece for piece in evidence.on_time if not piece.treated],
        [piece for piece in late if not piece.treated],
        evidence.context,
    )
    services = sorted({group.subject for group in groups})
    return PartResult(part=TIMELINESS, score=value, items=items, tests=_tests(services, fresh, policy), lines=lines)


def _groups(on_time: Sequence[OnTime], late: Sequence[LateDay], context: Mapping[str, str]) -> list[Group]:
    """Each service's pieces on time, and its late ones."""
    punctual, slow = _by_service(on_time), _by_service(late)
    return [
        group
        for service in sorted({*punctual, *slow})
        for group in _of_service(
            service, punctual.get(service, ()), slow.get(service, ()), Fraction(context.get(service, "1"))
        )
    ]


def _by_service(pieces: Sequence[P]) -> dict[str, list[P]]:
    found: dict[str, list[P]] = defaultdict(list)
    for piece in pieces:
        found[piece.service].append(piece)
    return found


def _of_service(service: str, on_time: Sequence[OnTime], late: Sequence[LateDay], context: Fraction) -> list[Group]:
    punctual = [(piece.count, piece.q) for piece in on_time]
    slow = [(piece.slightly + piece.late, piece.q) for piece in late]
    observed = Fraction(sum(2 * piece.late + piece.slightly for piece in late), 2)
    return [
        Group("on_time", service, sum(n for n, _ in punctual), Fraction(0), context * badday.expected(punctual)),
        Group("late", service, sum(n for n, _ in slow), observed, context * badday.expected(slow)),
    ]


def _shown(aside: int, evidence: Evidence) -> list[Group]:
    """What is shown and counts nothing: set aside by the cap, or a service that has no reference yet."""
    nothing = Fraction(0)
    shown = [Group("set_aside", "", aside, nothing, nothing)] if aside else []
    return shown + [Group("unreferenced", s, n, nothing, nothing) for s, n in sorted(evidence.unreferenced.items())]


def _tests(services: Sequence[str], fresh: Sequence[Group], policy: ScoringPolicy) -> tuple[Test, ...]:
    """One balance test a service, and one over all of them: of what came since their last need was met."""
    single = [_test(service, [group for group in fresh if group.subject == service], policy) for service in services]
    return (*single, _test(ALL, fresh, policy))


def _test(name: str, groups: Sequence[Group], policy: ScoringPolicy) -> Test:
    numbers = policy.services
    items = sum(group.count for group in groups)
    observed = sum((group.observed for group in groups), Fraction(0))
    expected = sum((group.expected for group in groups), Fraction(0))
    return test_of(name, observed, expected, items, gain=numbers.gain, ratio=numbers.ratio, minimum=numbers.minimum)
