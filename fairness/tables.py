"""What the command prints."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

from fairness.attacks import Attack, HardUnit, audit
from fairness.bounds import Bound
from fairness.cells import COMPARED, RATIOS, VOLUMES, Tried
from fairness.methods import OTHERS, Method
from services.evaluation.model.policy import ScoringPolicy

Found = Mapping[tuple[str, int], Tried]
FALSE_AT_MOST = 0.01
WIDE = 46


def needs(found: Found) -> list[str]:
    """Officers with a need in a year, in per cent, by services a quarter."""
    usual = f"{COMPARED[0]:.2f}"
    return [
        _row("% with a need in a year; services a quarter:", [f"{n:,}" for n in VOLUMES]),
        *(_row(f"{ratio:.2f} times usual, this method", _shares(found, f"{ratio:.2f}")) for ratio in RATIOS),
        _row("as usual, with outages, this method", _shares(found, "outages")),
        _row("newcomers, this method", _shares(found, "newcomers")),
        *(
            _row(f"{usual} times usual, {one.name}", [_over(found[usual, n], one, one.limit) for n in VOLUMES])
            for one in OTHERS
        ),
        *(_tuned(found, one) for one in OTHERS if one.tunable),
        *(
            _row(f"mean discipline at {ratio:.2f}", [f"{mean(found[f'{ratio:.2f}', n].scores):.1f}" for n in VOLUMES])
            for ratio in COMPARED
        ),
    ]


def _shares(found: Found, row: str) -> list[str]:
    return [_percent(found[row, n].share) for n in VOLUMES]


def _over(tried: Tried, method: Method, limit: float) -> str:
    worst = tried.worst[method.name]
    return _percent(sum(one >= limit for one in worst) / len(worst))


def _tuned(found: Found, method: Method) -> str:
    """With the lowest limit that is wrong about one in a hundred at most, whatever the volume: who is then found?"""
    usual, twice = (f"{ratio:.2f}" for ratio in COMPARED)
    limit = max(_quantile(found[usual, n].worst[method.name]) for n in VOLUMES)
    name = f"{twice} times usual, {method.name.partition(',')[0]} tuned to 1 % false ({limit:.1f})"
    return _row(name, [_over(found[twice, n], method, limit) for n in VOLUMES])


def _quantile(values: Sequence[float]) -> float:
    """Above this lies one in a hundred."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int((1 - FALSE_AT_MOST) * len(ordered)))] + 1e-9


def attacks(attacked: Iterable[Attack], hard: HardUnit, policy: ScoringPolicy) -> list[str]:
    """What attacks move."""
    return [
        _row("points of discipline moved, at 800 services:", ["this", "5 points off"]),
        *(_row(one.name, [f"{one.ours:+.2f}", f"{one.plainly:+.2f}"]) for one in attacked),
        "",
        _row("% with a need in a hard unit (1.6 times usual):", ["alone", "with context"]),
        _row("as the colleagues", [_of(hard.usual_alone, hard.usual), _of(hard.usual_with, hard.usual)]),
        _row("twice as bad as the colleagues", [_of(hard.twice_alone, hard.twice), _of(hard.twice_with, hard.twice)]),
        "",
        _row(f"a unit's complaints of 8,000 services (audit from {policy.need}):", ["all", "half", "none arrive"]),
        _row("the audit's balance", [f"{audit(8000, n, policy):.1f}" for n in (25, 12, 0)]),
    ]


def bounds(held: Iterable[Bound]) -> list[str]:
    """Each bound, and whether it holds."""
    return [f"{'ok' if one.holds else 'BROKEN':<7}{one.what:<{WIDE}} at most {one.limit}: {one.seen}" for one in held]


def _row(name: str, values: Iterable[str]) -> str:
    return f"{name:<{WIDE + 14}}" + "".join(f"{value:>13}" for value in values)


def _of(hits: int, of: int) -> str:
    return _percent(hits / of)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
