"""What a service tells of itself, as Prometheus would read it."""

from __future__ import annotations

import math

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.trial import Trial


async def scrape(trial: Trial, service: str, name: str, **labels: str) -> float:
    """The value of a service's metric by name and labels; not a number where it tells none."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        text = (await client.get(f"{trial.fleet.http(service)}/metrics")).raise_for_status().text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    found = [each.value for each in samples if each.name == name and labels.items() <= each.labels.items()]
    return sum(found) if found else math.nan
