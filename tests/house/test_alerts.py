"""Metrics, alerts and runbooks name each other truly: in the code, in deploy/alerts.yaml and in docs/operations.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
import yaml
from prometheus_client import Metric

from shared.policy import Policies
from shared.service import App
from tests.house.services import NAMES, ROOT, SERVICES
from tests.house.test_docs import anchors

PAGE = ROOT / "docs" / "operations.md"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text())["groups"] for rule in group["rules"]
]
METRIC = re.compile(r"\bsalor_\w+")
every_alert = pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
every_service = pytest.mark.parametrize("name", NAMES)


async def unstarted(name: str) -> App:
    """A service as it is before it starts; its database is nowhere."""
    service = SERVICES[name]
    settings = service.settings.model_construct(
        database_url="postgresql://nobody@127.0.0.1:1/none", kafka="", issuer="", pool_size=2
    )
    pool = await asyncpg.create_pool(settings.database_url, min_size=0, max_size=1)
    return App(service, settings, pool, Policies({}))


async def families(name: str) -> list[Metric]:
    """What a service exposes before anything has happened: a family each, whether it has samples or not."""
    app = await unstarted(name)
    return [family for family in app.runner.metrics.registry.collect() if family.name.startswith("salor_")]


def exposed(families: list[Metric]) -> Iterator[str]:
    """The names under which Prometheus finds them."""
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    for family in families:
        yield from (family.name + suffix for suffix in suffixes.get(family.type, ("",)))


@every_alert
async def test_an_alert_asks_for_metrics_that_exist(rule: dict[str, Any]) -> None:
    known = {each for name in NAMES for each in exposed(await families(name))}
    asked = set(METRIC.findall(rule["expr"]))
    assert asked or rule["expr"].startswith("up{")
    assert asked <= known


@every_alert
def test_an_alert_has_its_runbook_and_says_what_is_wrong(rule: dict[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert (ROOT / page) == PAGE
    assert anchor in anchors(PAGE)
    assert anchor == re.sub(r"(?<!^)(?=[A-Z])", "-", rule["alert"]).lower(), "one name for both"
    assert rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_a_runbook_has_its_alert() -> None:
    section = PAGE.read_text().partition("\n## Alerts\n")[2].partition("\n## ")[0]
    runbooks = re.findall(r"^### (.+)$", section, re.MULTILINE)
    assert sorted(name.title().replace(" ", "") for name in runbooks) == sorted(rule["alert"] for rule in RULES)


async def test_every_metric_is_documented_and_none_besides() -> None:
    found = [family for name in NAMES for family in await families(name)]
    names = {family.name + ("_total" if family.type == "counter" else "") for family in found}
    section = PAGE.read_text().partition("\n## Metrics\n")[2].partition("\n## ")[0]
    documented = {f"salor_{found}" for row in section.splitlines() for found in _first_cell(row)}
    assert documented == names


def _first_cell(row: str) -> list[str]:
    return re.findall(r"`(\w+)`", row.split("|")[1]) if row.startswith("| `") else []


@every_service
async def test_each_metric_says_what_it_is(name: str) -> None:
    assert [family.name for family in await families(name) if len(family.documentation) < 10] == []
