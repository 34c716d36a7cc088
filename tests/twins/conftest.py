"""The flaky district: as of the journeys, with faults, and with the year of the officers whom its journeys need."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from deploy.local.demo.world import World
from tests.journeys.conftest import district, pytest_itemcollected
from tests.servers import Templates

__all__ = ["pytest_itemcollected", "world"]

OFFICERS = ("bagus@salor.example", "putu@salor.example", "rina@salor.example")


@pytest.fixture(scope="package")
async def world(kafka_address: str, templates: Templates) -> AsyncIterator[World]:
    """A district in which everything fails now and then."""
    async with district(kafka_address, templates, OFFICERS, faults=True) as world:
        yield world
