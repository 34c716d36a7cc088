"""The goals, as data: ratios to the same work by hand in the same run, or what people notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure has to be: at least (or at most) `bound`, in `unit` (none: a ratio)."""

    says: str
    bound: float
    unit: str = ""
    at_most: bool = False

    def met(self, value: float) -> bool:
        """Whether it is reached."""
        return value <= self.bound if self.at_most else value >= self.bound

    def verdict(self, value: float) -> str:
        """`met`, or what is missing."""
        missing = abs(value - self.bound)
        return "met" if self.met(value) else f"short by {number(missing)}{self.suffix}"

    @property
    def suffix(self) -> str:
        """The unit behind a number."""
        return f" {self.unit}" if self.unit else ""

    def __str__(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.bound:g}{self.suffix}"


def number(value: float) -> str:
    """With the digits that mean something."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"


def at_most(says: str, bound: float, unit: str = "") -> Goal:
    """A goal that is not to be passed."""
    return Goal(says, bound, unit, at_most=True)


GOALS: Mapping[str, Goal] = {
    "hop": Goal("one hop / limit, 5,000 officers", 0.75),
    "hop cpu": at_most("one hop: CPU per event / limit, 5,000 officers", 1.4),
    "hop30": Goal("one hop / limit, 30 officers", 0.75),
    "hop30 cpu": at_most("one hop: CPU per event / limit, 30 officers", 1.4),
    "naive": Goal("one hop / the usual service of one message a transaction", 50),
    "batch": Goal("one hop / its own one-by-one mode", 15),
    "relay": Goal("relay / raw cursor and send", 0.85),
    "intake": Goal("HTTP intake / bare FastAPI with the same rows in group commit", 0.9),
    "hop p50": at_most("one hop at half load, p50", 8, "ms"),
    "hop p99": at_most("one hop at half load, p99", 25, "ms"),
    "held": Goal("one hop with a transaction held open / without", 0.98),
    "idle p50": at_most("one complaint through the idle chain, p50", 20, "ms"),
    "idle p99": at_most("one complaint through the idle chain, p99", 60, "ms"),
    "chain": Goal("whole chain / limit chain, events told a second", 0.65),
    "chain cpu": at_most("whole chain: CPU per event told / limit chain", 1.4),
    "chain p50": at_most("whole chain at half load, p50", 35, "ms"),
    "chain p99": at_most("whole chain at half load, p99", 100, "ms"),
    "overload": Goal("whole chain under three times its load: carried / most", 0.95),
    "overload memory": at_most("memory of the services at its end / at its beginning", 1.05),
    "growth": Goal("whole chain with complaints stored / with none", 0.9),
    "spike errors": at_most("spike profile: complaints not through after 10 s", 1, "%"),
    "spike drained": Goal("spike profile: valleys in which all was drained", 100, "%"),
    "soak p99": at_most("soak: drift of p99", 5, "%"),
    "soak memory": at_most("soak: drift of the services' memory", 5, "%"),
    "soak tables": at_most("soak: drift of bytes stored a complaint", 5, "%"),
}
"""By the name under which a part reports its figure."""
