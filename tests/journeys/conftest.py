"""Running districts for the journeys: the services as processes, the sample district, its year of records."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any

import pytest

from deploy.local import records
from deploy.local.demo.world import World
from deploy.local.patience import patience
from deploy.local.stack import SERVICES
from deploy.local.temporary import temporary_stack
from tests.journeys import flaky
from tests.servers import Templates

FLAKY = bool(os.environ.get("SALOR_FLAKY"))
"""Whether all journeys are played in a flaky district (`make journeys FLAKY=1`)."""
SECONDS = 120.0
"""What a test of a district may take, with the start of it."""
BUSY = tuple(
    records.Work(officer=officer, service="pindah", total=800, late=80)
    for officer in ("rudi@salor.example", "fitri@salor.example")
)
"""Who handles as much as the instrument's examples of an angry citizen and of a campaign; late as usual."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """On a busy machine a district takes long to start, too."""
    item.add_marker(pytest.mark.timeout(patience(SECONDS)))


@pytest.fixture(scope="package")
async def world(kafka_address: str, templates: Templates) -> AsyncIterator[World]:
    """One district for all journeys, with everything loaded. It ends with them: idle services cost a core, too."""
    async with district(kafka_address, templates, faults=FLAKY) as world:
        yield world


@asynccontextmanager
async def district(
    kafka_address: str,
    templates: Templates,
    officers: Collection[str] = (),
    plan: records.Plan | None = None,
    prepare: Callable[[str], Awaitable[None]] | None = None,
    faults: bool = False,
    **stack: Any,
) -> AsyncIterator[World]:
    """A district in its own topics and databases, with the year of all officers or of some, as planned or by a plan.

    `prepare` is called with the address of each database before a service uses it; with `faults` calls fail now and
    then; `stack` says how many replicas of each service run.
    """
    plan = plan or records.read()
    work = {one.officer: one for one in (*plan.work, *BUSY)}
    chosen = tuple(one for one in work.values() if not officers or one.officer in officers)
    plan = plan.model_copy(update={"work": chosen})
    prefix = f"t{uuid.uuid4().hex[:10]}."
    databases = {name: await templates.clone(name) for name in SERVICES}
    addresses = {name: templates.url(made) for name, made in databases.items()}
    for address in addresses.values():
        if faults:
            await flaky.fail_commits(address)
        if prepare:
            await prepare(address)
    stack |= {"kafka": kafka_address, "databases": addresses, "modules": flaky.MODULES if faults else {}}
    async with (
        temporary_stack("journeys", prefix, **stack) as running,
        World(running, plan, prefix, print).open() as world,
    ):
        yield world
    for made in databases.values():
        await templates.drop(made)
