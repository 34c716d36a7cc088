"""Each goal is printed beside what was measured, and written for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.goals import GOALS, Goal, at_most
from benchmarks.results import Results


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (Goal("rate", 0.75), 0.75, "met"),
        (Goal("rate", 0.75), 0.7, "short by 0.05"),
        (at_most("time", 8, "ms"), 8.0, "met"),
        (at_most("time", 8, "ms"), 20.5, "short by 12.5 ms"),
    ],
)
def test_a_figure_meets_its_goal_or_is_short_of_it(goal: Goal, value: float, verdict: str) -> None:
    assert goal.verdict(value) == verdict


def test_the_table_has_each_goal_also_those_that_were_not_measured(tmp_path: Path) -> None:
    results = Results()
    results.load_before = 0.0
    results.add("hop", [0.70, 0.80, 0.72])
    results.add("events", [3.0], "events/s")

    lines = results.table()

    assert len(lines) == 1 + len(GOALS)
    assert lines[1].split("  ")[-1] == "short by 0.03"
    assert lines[-1].endswith("not in this run")

    results.write(tmp_path / "results.json")
    written = json.loads((tmp_path / "results.json").read_text())
    assert [(one["name"], one["value"], one["goal"], one["met"], one["spread"]) for one in written["ratios"]] == [
        ("hop", 0.72, 0.75, False, [0.7, 0.8])
    ]
    assert written["figures"][0]["unit"] == "events/s"


def test_a_busy_machine_is_told_of() -> None:
    results = Results()
    results.load_before = 2.0

    assert "busy" in results.table()[-1]
