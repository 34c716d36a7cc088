"""The page of results: its tables and its plot are those of a run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from benchmarks.goals import GOALS
from benchmarks.latency import PLOT
from benchmarks.results import Results
from deploy.local.program import ROOT
from fairness.places import filled

PAGE = ROOT / "docs" / "performance.md"


def write(results: Results, page: Path = PAGE, plot: Path = PLOT) -> None:
    """Fill the page's places; the plot comes along where it was drawn in this run."""
    made = {"run": _run(results), "ratios": _ratios(results), "figures": _figures(results)}
    if results.value("hop p50") is not None:
        drawn = page.with_suffix(".svg")
        shutil.copy(plot, drawn)
        made["plot"] = f"![One hop: latency against load, ours and the limit]({drawn.name})"
    page.write_text(filled(page.read_text(), made))


def _run(results: Results) -> str:
    busy = "**the machine was busy with other work: to be measured again**"
    state = "the machine was quiet" if results.quiet else busy
    return f"Measured on {results.began:%Y-%m-%d} by `{results.command}`, {os.cpu_count()} cores; {state}."


def _ratios(results: Results) -> str:
    lines = ["| figure | measured (lowest-highest) | goal | |", "|---|---|---|---|"]
    for name, goal in GOALS.items():
        found = results.figures.get(name)
        verdict = goal.verdict(found.value) if found else "not in that run"
        lines.append(f"| {goal.says} | {found.text if found else ''} | {goal} | {verdict} |")
    return "\n".join(lines)


def _figures(results: Results) -> str:
    lines = ["| figure | measured (lowest-highest) |", "|---|---|"]
    lines += [f"| {name} | {found.text} |" for name, found in results.figures.items() if name not in GOALS]
    return "\n".join(lines)
