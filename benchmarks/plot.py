"""The plot of latency against load: linear in load, logarithmic in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10

from fairness.svg import GREY, document, line, rule, text

WIDTH, HEIGHT = 800, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 150, 60, 56
LOWEST, HIGHEST = 1, 10_000
LOADS = (10, 25, 50, 75, 90)
COLOURS = {"ours": "#08306b", "limit": "#b35900"}
TITLE = "One hop: latency against load, in ms"
Point = tuple[int, float, float]
"""Load in per cent of the most that ours carries, p50 and p99 in milliseconds."""


def svg(top: float, found: Mapping[str, Sequence[Point]]) -> str:
    """The plot. `top`: events a second that are 100 %."""
    subtitle = f"Open loop, from the intended send time. 100 %: {top:,.0f} events/s. Dashed: p99."
    parts = [text(LEFT, 22, TITLE, weight="bold", size=15), text(LEFT, 42, subtitle, fill=GREY)]
    parts += [_grid(10**n) for n in range(round(log10(HIGHEST)) + 1)]
    parts += [text(_x(n), HEIGHT - BOTTOM + 20, f"{n} %", anchor="middle", fill=GREY) for n in LOADS]
    parts.append(text((LEFT + WIDTH - RIGHT) // 2, HEIGHT - 12, "load", anchor="middle", fill=GREY))
    for name, points in found.items():
        for place, label in (1, "p50"), (2, "p99"):
            where = [(_x(point[0]), _y(point[place])) for point in points]
            parts.append(line(where, COLOURS[name], dash=place == 2))
            parts.append(text(where[-1][0] + 8, where[-1][1] + 4, f"{name}, {label}", fill=COLOURS[name]))
    return document(WIDTH, HEIGHT, TITLE, parts)


def _x(load: float) -> int:
    return round(LEFT + load / 100 * (WIDTH - LEFT - RIGHT))


def _y(milliseconds: float) -> int:
    within = min(max(milliseconds, LOWEST), HIGHEST)
    return round(HEIGHT - BOTTOM - log10(within / LOWEST) / log10(HIGHEST / LOWEST) * (HEIGHT - TOP - BOTTOM))


def _grid(milliseconds: int) -> str:
    y = _y(milliseconds)
    return rule(LEFT, WIDTH - RIGHT, y) + text(LEFT - 8, y + 4, f"{milliseconds:,}", anchor="end", fill=GREY)
