"""Running districts for the journeys: the services as processes, the sample district, its year of records."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

import pytest

from deploy.local import records
from deploy.local.demo.world import World
from deploy.local.stack import SERVICES
from deploy.local.temporary import temporary_stack
from tests.servers import Templates


@pytest.fixture(scope="package")
async def world(kafka_address: str, templates: Templates) -> AsyncIterator[World]:
    """One district for all journeys, with everything loaded. It ends with them: idle services cost a core, too."""
    async with district(kafka_address, templates) as world:
        yield world


@asynccontextmanager
async def district(
    kafka_address: str, templates: Templates, officers: Collection[str] = (), **stack: Any
) -> AsyncIterator[World]:
    """A district in its own topics and databases, with the year of all officers or of some.

    `stack` says how many replicas of each service run.
    """
    plan = records.read()
    if officers:
        plan = plan.model_copy(update={"work": tuple(work for work in plan.work if work.officer in officers)})
    prefix = f"t{uuid.uuid4().hex[:10]}."
    databases = {name: await templates.clone(name) for name in SERVICES}
    addresses = {name: templates.url(made) for name, made in databases.items()}
    async with (
        temporary_stack("journeys", prefix, kafka=kafka_address, databases=addresses, **stack) as running,
        World(running, plan, prefix, print).open() as world,
    ):
        yield world
    for made in databases.values():
        await templates.drop(made)
