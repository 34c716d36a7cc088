"""A bench of the evaluation service on a database of its own."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from services.evaluation.app import service
from tests.servers import Database
from tests.support import Bench, bench

settings.register_profile("in no hurry", deadline=None)  # a busy machine is no counterexample
settings.load_profile("in no hurry")


@pytest.fixture
async def evaluation(database: Database) -> AsyncIterator[Bench]:
    async with bench(service, await database("evaluation")) as made:
        yield made
