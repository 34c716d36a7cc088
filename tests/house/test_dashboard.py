"""The dashboard asks for what services expose, and shows what each alert is about."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

import pytest

from tests.house.services import NAMES, ROOT
from tests.house.test_alerts import METRIC, PAGE, RULES, exposed, families

DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "salor.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
every_panel = pytest.mark.parametrize("panel", PANELS, ids=[panel["title"] for panel in PANELS])
VARIABLES = {f"${variable['name']}" for variable in DASHBOARD["templating"]["list"]} | {"$__rate_interval"}


def documented_labels() -> set[str]:
    """Of the metrics' table, and those that Prometheus adds."""
    section = PAGE.read_text().partition("\n## Metrics\n")[2].partition("\n## ")[0]
    cells = [row.split("|")[2] for row in section.splitlines() if row.startswith("| `")]
    return {label for cell in cells for label in re.findall(r"\w+", cell)} | {"job", "instance", "le"}


@every_panel
async def test_a_panel_asks_for_metrics_and_labels_that_exist(panel: dict[str, Any]) -> None:
    found = [family for name in NAMES for family in await families(name)]
    known, labels = set(exposed(found)), documented_labels()
    for target in panel["targets"]:
        asked = set(METRIC.findall(target["expr"]))
        assert asked or re.search(r"\b(up|process_\w+)\{", target["expr"])
        assert asked <= known
        kept = {label for group in re.findall(r"by \(([\w, ]+)\)", target["expr"]) for label in group.split(", ")}
        assert kept <= labels
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= kept, "a legend names what the query keeps"
        assert set(re.findall(r"\$\w+", target["expr"])) <= VARIABLES


async def test_what_an_alert_is_about_is_shown() -> None:
    shown = {metric for panel in PANELS for target in panel["targets"] for metric in METRIC.findall(target["expr"])}
    assert {metric for rule in RULES for metric in METRIC.findall(rule["expr"])} <= shown


@every_panel
def test_a_panel_says_what_it_shows(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")


def test_panels_have_their_own_place() -> None:
    boxes = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    assert [(a, b) for a, b in combinations(boxes, 2) if _overlap(a, b)] == []
    assert all(box["x"] + box["w"] <= 24 for box in boxes)
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)


def _overlap(a: dict[str, int], b: dict[str, int]) -> bool:
    return all(a[at] < b[at] + b[long] and b[at] < a[at] + a[long] for at, long in (("x", "w"), ("y", "h")))
