from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.events import TOPICS, TYPES
from shared.messaging import topics
from shared.messaging.brokers import Brokers
from tests.servers import Templates
from tests.shared.messaging.members import Group
from tests.shared.messaging.play import ECHOES, EVENTS, TABLES
from tests.shared.messaging.post import Post
from tests.shared.messaging.world import World


@pytest.fixture(autouse=True)
def test_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """The events of these tests are known while they run."""
    for event in EVENTS:
        monkeypatch.setitem(TYPES, event.type, event)
        monkeypatch.setitem(TOPICS, event.topic.name, event.topic)


@pytest.fixture(scope="session")
async def stage(templates: Templates) -> AsyncIterator[str]:
    """One database for all of these tests: emptied for each of them, which is quicker than a new one."""
    name = await templates.clone(None)
    connection = await asyncpg.connect(templates.url(name))
    await connection.execute(TABLES)
    await connection.close()
    yield templates.url(name)
    await templates.drop(name)


@pytest.fixture
async def world(stage: str) -> AsyncIterator[World]:
    world = await World.open(stage)
    yield world
    await world.close()


@pytest.fixture
async def group(world: World, kafka_address: str, topic_prefix: str) -> AsyncIterator[Group]:
    """The topics of the events of these tests, on the real broker."""
    group = Group(world, kafka_address, topic_prefix)
    await group.provision()
    await group.producer.start()
    yield group
    await group.producer.stop()


@pytest.fixture
async def post(world: World, kafka_address: str, topic_prefix: str) -> Post:
    await topics.provision(Brokers([kafka_address]), topic_prefix, [ECHOES], 1)
    return Post(world, kafka_address, topic_prefix)
