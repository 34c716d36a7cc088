"""What must hold: bounds on false needs, on what pending complaints may move, and on sums. The command fails else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from fairness.attacks import Attack
from fairness.cells import Tried

MOST = {"1.00": 0.01, "newcomers": 0.02, "outages": 0.03}
"""Of officers whose work is as usual, how many may have a need in a year."""
POINTS = 1.0
"""How far pending complaints of one citizen, or of one day, may move discipline."""
Z = 1.645
"""One side, 95 %."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What was promised, and what was seen."""

    what: str
    limit: str
    seen: str
    holds: bool


def bounds(tried: Mapping[tuple[str, int], Tried], attacked: Sequence[Attack]) -> list[Bound]:
    """All bounds. That of sums holds where we come to here: it ends the command at once."""
    false = [
        _share(f"needs, {row}, {n} services a quarter", one, MOST[row])
        for (row, n), one in sorted(tried.items())
        if row in MOST
    ]
    judged = sum(one.judged for one in tried.values())
    sums = Bound("lines that don't sum to their score", "0 results", f"0 of {judged:,}", holds=True)
    return [*false, *(_moved(attack) for attack in attacked if attack.bounded), sums]


def _share(what: str, tried: Tried, most: float) -> Bound:
    """Broken where even the lower limit is above the bound: chance alone breaks nothing."""
    lowest = lower(tried.needs, tried.officers)
    seen = f"{100 * tried.share:.2f} % (surely {100 * lowest:.2f} %)"
    return Bound(what, f"{100 * most:.0f} %", seen, lowest <= most)


def _moved(attack: Attack) -> Bound:
    return Bound(attack.name, f"{POINTS:.0f} point of discipline", f"{attack.ours:+.2f}", abs(attack.ours) <= POINTS)


def lower(hits: int, of: int) -> float:
    """The lower 95 % limit of a share (Wilson 1927, one side)."""
    share, spread = hits / of, Z**2 / of
    return (share + spread / 2 - Z * sqrt(share * (1 - share) / of + spread / (4 * of))) / (1 + spread)
