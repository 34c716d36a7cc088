"""Expected against seen: what a journey is checked by, and what the demo ends with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GREEN, RED, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a journey promises, and what was seen of it."""

    journey: str
    what: str
    expected: str
    seen: str

    @property
    def holds(self) -> bool:
        return self.expected == self.seen


def failed(checks: Iterable[Check]) -> list[Check]:
    """The checks that do not hold."""
    return [check for check in checks if not check.holds]


def rows(checks: Sequence[Check], *, colours: bool) -> list[str]:
    """The table, line by line."""
    wide = [max(len(text) for text in column) for column in zip(*map(_texts, checks), strict=True)]
    lines, last = [], ""
    for check in checks:
        shown = check if check.journey != last else Check("", check.what, check.expected, check.seen)
        last = check.journey
        text = "  ".join(part.ljust(width) for part, width in zip(_texts(shown), wide, strict=True))
        lines.append(f"  {_mark(check, colours)} {text}".rstrip())
    return lines


def _texts(check: Check) -> tuple[str, str, str, str]:
    return check.journey, check.what, check.expected, check.seen


def _mark(check: Check, colours: bool) -> str:
    mark, colour = ("ok", GREEN) if check.holds else ("NO", RED)
    return f"{colour}{mark}{PLAIN}" if colours else mark
