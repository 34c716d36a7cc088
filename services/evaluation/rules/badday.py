"""The bad day: one day counts at most its cap of late services, over all services; the rest are set aside."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import ceil

from services.evaluation.model.evidence import LateDay
from services.evaluation.model.policy import PER
from services.evaluation.rules.window import quarter_of


def cap(least: int, expected_late: Fraction, working_days: int) -> int:
    """What a day can count: `least` times the usual number of late services a day in the quarter before."""
    usual = ceil(expected_late / working_days) if working_days else 0
    return least * max(1, usual)


def counted(late: Iterable[LateDay], caps: Mapping[str, int]) -> tuple[list[LateDay], int]:
    """What counts after the cap, and how many services were set aside."""
    days: dict[date, list[LateDay]] = defaultdict(list)
    for piece in late:
        days[piece.day].append(piece)
    kept = [keep(days[day], caps[quarter_of(day)]) for day in sorted(days)]
    return [piece for day, _ in kept for piece in day], sum(aside for _, aside in kept)


def keep(pieces: Sequence[LateDay], limit: int) -> tuple[list[LateDay], int]:
    """One day: keep the largest shortfall, then the smallest reference, then the first name."""
    total = sum(piece.slightly + piece.late for piece in pieces)
    if total <= limit:
        return list(pieces), 0
    ordered = sorted(pieces, key=lambda piece: (piece.q, piece.service))
    late = _fill([piece.late for piece in ordered], limit)
    slightly = _fill([piece.slightly for piece in ordered], limit - sum(late))
    kept = [
        piece.model_copy(update={"late": n, "slightly": half})
        for piece, n, half in zip(ordered, late, slightly, strict=True)
    ]
    return kept, total - sum(late) - sum(slightly)


def _fill(counts: Sequence[int], room: int) -> list[int]:
    """As much of each count, in order, as there is room for."""
    taken = []
    for count in counts:
        taken.append(min(count, room))
        room -= taken[-1]
    return taken


def expected(items: Iterable[tuple[int, int]]) -> Fraction:
    """The usual shortfall of (count, q per 10,000)."""
    return Fraction(sum(count * q for count, q in items), PER)
