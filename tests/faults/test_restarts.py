"""Everything accepted has its evaluation (or reason) and its notifications, once, whatever was stopped or killed."""

import pytest

from deploy.local.detached import Detached
from deploy.local.temporary import temporary_folder
from tests.faults import restarts


@pytest.mark.timeout(240)
async def test_nothing_is_lost_or_doubled_when_all_is_stopped_and_then_killed_under_load() -> None:
    async with temporary_folder("restarts") as folder:
        detached = Detached(folder)
        await restarts.up(detached)
        try:
            wrong = await restarts.under_restarts(detached, submissions=60, seconds=15, seed=9)
        finally:
            await detached.down()
    assert wrong == []
