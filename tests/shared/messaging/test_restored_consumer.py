"""A consumer whose database was restored reads on from its own position, and ends like one that never was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.backup import back_up, restore
from shared import db
from shared.settings import Settings
from tests.servers import Database
from tests.shared.messaging.members import Group
from tests.shared.messaging.play import HISTORY, TABLES, Play, several
from tests.shared.messaging.world import Replica
from tests.until import until

BEFORE, LOST, AFTER = "a1 a2 b1", "a3 b2 c1 a4", "a5 c2"
LOOKS = (
    "SELECT name, labels FROM trail ORDER BY name",
    "SELECT stream, key, sequence, event_id FROM seen ORDER BY stream, key",
    "SELECT count(*) FROM parked",
)


@pytest.fixture
async def databases(database: Database) -> tuple[str, str]:
    """Of a consumer, and of its twin."""
    urls = await database(None), await database(None)
    for url in urls:
        connection = await asyncpg.connect(url)
        await connection.execute(TABLES)
        await connection.close()
    return urls


Reading = Callable[[str], Awaitable[None]]


@asynccontextmanager
async def reading(group: Group, name: str, url: str, play: Play) -> AsyncIterator[Reading]:
    """A process of one service; it gives a way to wait until it has applied the last of some labels."""
    pool = await db.open_pool(url, 4, name)
    replica = Replica(pool, Settings(database_url=url, kafka="", issuer=""), play)

    async def applied(labels: str) -> None:
        for last in labels.split():
            await until(partial(wrote, pool, last), 20)

    async with group.member(name, replica):
        yield applied
    await pool.close()


async def wrote(pool: db.Pool, label: str) -> bool:
    return bool(await pool.fetchval("SELECT true FROM trail WHERE $1 = ANY(labels)", label))


async def commit_ends(group: Group, name: str) -> None:
    """Kafka's committed offsets follow in the background: they are not restored, and lie ahead of the database."""
    consumer = AIOKafkaConsumer(bootstrap_servers=group.bootstrap, group_id=group.prefix + name)
    await consumer.start()
    partitions = [TopicPartition(group.prefix + HISTORY.name, n) for n in range(HISTORY.partitions)]
    consumer.assign(partitions)
    await consumer.commit(await consumer.end_offsets(partitions))
    await consumer.stop()


async def tables(url: str) -> list[list[tuple[object, ...]]]:
    connection = await asyncpg.connect(url)
    try:
        return [[tuple(row) for row in await connection.fetch(look)] for look in LOOKS]
    finally:
        await connection.close()


async def test_a_restored_consumer_reads_on_from_its_own_position_and_ends_like_its_twin(
    group: Group, databases: tuple[str, str], tmp_path: Path
) -> None:
    url, twin = databases
    async with reading(group, "twin", twin, Play()) as twin_applied:
        async with reading(group, "service", url, Play()) as applied:
            await group.send(several(BEFORE))
            await applied(BEFORE)
            await back_up(url, tmp_path / "backup.sql")
            await group.send(several(LOST))
            await applied(LOST)
        await commit_ends(group, "service")
        await restore(url, tmp_path / "backup.sql")
        again = Play()
        async with reading(group, "service", url, again) as applied:
            await applied(LOST)
            assert {label for call in again.calls for label in call} == set(LOST.split())
            await group.send(several(AFTER))
            await applied(AFTER)
        await twin_applied(AFTER)
    assert await tables(url) == await tables(twin)
