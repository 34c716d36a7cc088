"""What a run found: each figure with its spread, the table beside the goals, and the file for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.goals import GOALS, number
from deploy.local.trouble import say

FILE = Path(__file__).parent / "results.json"
BUSY = 0.5
"""Of a load average before a run: above it other work held the machine, and the figures say so."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A median with the lowest and the highest of its measurements."""

    name: str
    value: float
    low: float
    high: float
    unit: str = ""

    @property
    def text(self) -> str:
        """`median (lowest-highest) unit`."""
        spread = f" ({number(self.low)}-{number(self.high)})" if self.low != self.high else ""
        return f"{number(self.value)}{spread}" + (f" {self.unit}" if self.unit else "")


class Results:
    """Figures in the order in which they were found. One that has a goal is printed beside it."""

    def __init__(self) -> None:
        self.figures: dict[str, Figure] = {}
        self.load_before = os.getloadavg()[0]
        self.began = datetime.now(UTC)

    def add(self, name: str, values: Sequence[float], unit: str = "", value: float | None = None) -> None:
        """Keep and print a figure: its measurements, or (`value`) what they come to together."""
        goal = GOALS.get(name)
        middle = median(values) if value is None else value
        figure = Figure(name, middle, min(values), max(values), goal.unit if goal else unit)
        self.figures[name] = figure
        beside = f"; goal {goal}: {goal.verdict(figure.value)}" if goal else ""
        say(f"    {goal.says if goal else name}: {figure.text}{beside}")

    @property
    def command(self) -> str:
        """What to run to see it again."""
        asked = " ".join(sys.argv[1:])
        return f'make bench ARGS="{asked}"' if asked else "make bench"

    @property
    def quiet(self) -> bool:
        """Whether the machine had nothing else to do when the run began."""
        return self.load_before < BUSY

    def value(self, name: str) -> float | None:
        """A figure of this run."""
        return self.figures[name].value if name in self.figures else None

    def table(self) -> list[str]:
        """Every goal, with what was measured."""
        rows = [("figure", "measured", "goal", "")]
        for name, goal in GOALS.items():
            found = self.figures.get(name)
            verdict = goal.verdict(found.value) if found else "not in this run"
            rows.append((goal.says, found.text if found else "", str(goal), verdict))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return [*lines, *self._remarks()]

    def _remarks(self) -> list[str]:
        if self.quiet:
            return []
        return [f"The machine was busy with other work (load {self.load_before:.1f} before the run): measure again."]

    def write(self, file: Path = FILE) -> None:
        """For programs: `{"ratios": [{"name", "value", "goal", "met", "spread"}, ...], ...}`."""
        document = {
            "command": self.command,
            "at": self.began.isoformat(timespec="seconds"),
            "cores": os.cpu_count(),
            "load_before": round(self.load_before, 2),
            "quiet": self.quiet,
            "ratios": [self._ratio(figure) for name, figure in self.figures.items() if name in GOALS],
            "missing": [name for name in GOALS if name not in self.figures],
            "figures": [_figure(figure) for name, figure in self.figures.items() if name not in GOALS],
        }
        file.write_text(json.dumps(document, indent=1) + "\n")

    @staticmethod
    def _ratio(figure: Figure) -> dict[str, object]:
        goal = GOALS[figure.name]
        return {
            **_figure(figure),
            "says": goal.says,
            "goal": goal.bound,
            "at_most": goal.at_most,
            "met": goal.met(figure.value),
        }


def _figure(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "value": round(figure.value, 4),
        "unit": figure.unit,
        "spread": [round(figure.low, 4), round(figure.high, 4)],
    }
