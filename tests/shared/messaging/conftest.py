from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.events import TOPICS, TYPES
from tests.servers import Database
from tests.shared.messaging.play import EVENTS
from tests.shared.messaging.world import World


@pytest.fixture(autouse=True)
def test_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """The events of these tests are known while they run."""
    for event in EVENTS:
        monkeypatch.setitem(TYPES, event.type, event)
        monkeypatch.setitem(TOPICS, event.topic.name, event.topic)


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    world = await World.open(await database(None))
    yield world
    await world.close()
