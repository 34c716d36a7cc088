"""Training over a database of its own, with a course for one weakness and a session of two seats."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.training.app import service
from tests.servers import Database
from tests.services.training.given import load, seed
from tests.support import Bench, bench


@pytest.fixture
async def training(database: Database, tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench(service, await database("training")) as made:
        await load(made, seed(tmp_path))
        yield made
