"""A bench of the complaints service that knows two services of the catalogue."""

from collections.abc import AsyncIterator

import pytest

from services.complaints.app import service
from tests.servers import Database
from tests.services.complaints.given import KEYS, PINDAH, SKCK, recorded
from tests.support import Bench, bench


@pytest.fixture
async def complaints(database: Database) -> AsyncIterator[Bench]:
    async with bench(service, await database("complaints"), **KEYS) as made:
        await made.events([recorded(SKCK), recorded(PINDAH)])
        yield made
