"""Reading metrics in tests: by the values of their labels."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry

from shared.telemetry.tables import LOOKS, Tables
from tests.shared.messaging.world import Replica, World


def found(of: Replica | CollectorRegistry, name: str, *labels: str) -> dict[Any, float]:
    """The values of a metric by the values of these labels; `le` apart."""
    registry = of.runner.metrics.registry if isinstance(of, Replica) else of
    return {
        tuple(s.labels[label] for label in labels) if len(labels) != 1 else s.labels[labels[0]]: s.value
        for family in registry.collect()
        for s in family.samples
        if s.name == f"salor_{name}"
    }


async def looked(world: World) -> CollectorRegistry:
    """The tables, read by a scrape of their own."""
    registry, tables = CollectorRegistry(), Tables(world.look, LOOKS)
    registry.register(tables)
    await tables.read()
    assert tables.up
    return registry
