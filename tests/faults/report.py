"""What a run came to: of each row an outcome, of all of them a table and one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.faults.audit import Contradiction, Sort

HEAD = (
    "fault", "runs", "injected", "in flight", "accepted", "lost", "doubled", "inverted", "unknown", "first progress",
    "seconds", "verdict",
)  # fmt: skip
NOT_SEEN = "?"
"""There was no audit, so nobody knows."""


@dataclass(slots=True)
class Outcome:
    """What a row came to.

    `missing`: what this machine lacks to run it. `hit`: the work in flight at each fault; `gaps`: seconds from each to
    the first progress. `unknown`: deliveries of which nobody can know whether they went. `found`: what the audit says;
    `wrong`: what else is wrong. `history`: of the first key that a contradiction is about.
    """

    row: str
    missing: str = ""
    submissions: int = 0
    accepted: int = 0
    injected: int = 0
    unknown: int = 0
    audited: bool = False
    hit: list[int] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    found: list[Contradiction] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def in_flight(self) -> int:
        """The least that any fault of the row hit."""
        return min(self.hit, default=0)

    @property
    def is_red(self) -> bool:
        return bool(self.wrong or self.found)

    def told(self, most: int = 10) -> list[str]:
        """What is wrong, and then the history; at most so many of each sort of fault."""
        return [*self.wrong[:most], *(f"{one.breaks}: {one}" for one in self.found[:most]), *self.history]


def count(found: Sequence[Contradiction], sort: Sort) -> int:
    """Of how many things it is said: one that several books tell of counts once."""
    of: dict[str, int] = {}
    for one in found:
        if one.sort is sort:
            of[one.about] = max(one.count, of.get(one.about, 0))
    return sum(of.values())


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The head, and one line a fault, however often it was given."""
    names = dict.fromkeys(_names(outcomes))
    return aligned([HEAD, *(_line([one for one in outcomes if one.row == name]) for name in names)])


def aligned(lines: Sequence[Sequence[str]], pad: Callable[[str, int], str] = str.rjust) -> Iterator[str]:
    """Lines of as many cells, in columns."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield " | ".join(pad(cell, width) for cell, width in zip(line, widths, strict=True))


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many rows are green, and which did not run: those have proved nothing."""
    ran = [one for one in outcomes if not one.missing]
    rest = [one for one in outcomes if one.missing]
    said = f"{sum(not one.is_red for one in ran)} of {len(ran)} rows green"
    return said + (f", {len(rest)} not run ({', '.join(_names(rest))})" if rest else "")


def _names(outcomes: Sequence[Outcome]) -> list[str]:
    return [one.row for one in outcomes]


def _line(runs: Sequence[Outcome]) -> tuple[str, ...]:
    if missing := next((one.missing for one in runs if one.missing), ""):
        return (runs[0].row, "0", *("-" for _ in HEAD[3:]), f"not run: {missing}")
    gaps = [gap for one in runs for gap in one.gaps]
    found = [contradiction for one in runs for contradiction in one.found]
    audited = all(one.audited for one in runs)
    counts = [str(count(found, sort)) if audited else NOT_SEEN for sort in (Sort.LOST, Sort.DOUBLED, Sort.INVERTED)]
    return (
        runs[0].row,
        str(len(runs)),
        str(sum(one.injected for one in runs)),
        str(min(one.in_flight for one in runs)),
        str(sum(one.accepted for one in runs)),
        *counts,
        str(sum(one.unknown for one in runs)) if audited else NOT_SEEN,
        f"{max(gaps):.1f} s" if gaps else "-",
        f"{sum(one.seconds for one in runs):.1f}",
        _verdict(found, [words for one in runs for words in one.wrong]),
    )


def _verdict(found: Sequence[Contradiction], wrong: Sequence[str]) -> str:
    if not found and not wrong:
        return "green"
    return f"RED: {', '.join(broken(found)) or 'a bound'}"


def broken(found: Sequence[Contradiction]) -> list[str]:
    """The invariants that are broken, in their order."""
    return sorted({one.breaks for one in found}, key=lambda name: int(name.removeprefix("I")))
