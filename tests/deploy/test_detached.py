"""The stack that is kept running survives its own death, with data and addresses."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.detached import Detached
from deploy.local.process import Records
from deploy.local.supervisor import MINE, Supervisor
from deploy.local.temporary import temporary_folder
from deploy.local.trouble import Trouble
from tests.until import until

TOPIC = "kept"


@pytest.fixture
async def detached() -> AsyncIterator[Detached]:
    async with temporary_folder("detached") as folder:
        detached = Detached(folder, programs=[])
        yield detached
        await detached.down()


async def up(detached: Detached) -> None:
    await detached.up((sys.executable, "-m", "tests.deploy.standing", str(detached.folder)))


async def words(detached: Detached) -> tuple[bool, set[str]]:
    well, conditions = await detached.status()
    return well, {condition.word for condition in conditions}


async def test_what_was_written_is_there_after_everything_was_killed(detached: Detached) -> None:
    assert await words(detached) == (False, {"not started"})
    await up(detached)
    assert await words(detached) == (True, {"ready"})
    await write(detached)
    addresses = [program.address for program in detached.stack().programs]
    # the supervisor first: it would bring the others back
    for record in sorted(Records(detached.folder / "run").alive(), key=lambda record: record.name != MINE):
        record.send(signal.SIGKILL)
        assert await record.gone(10)
    assert await words(detached) == (False, {"dead"})
    await up(detached)
    assert await words(detached) == (True, {"ready"})
    assert [program.address for program in detached.stack().programs] == addresses
    assert await read(detached) == ("row", b"event")
    await refuses_a_second_broker(detached)
    await detached.down()
    assert await words(detached) == (False, {"not started"})


async def test_a_dead_supervisor_is_not_well_and_its_orphans_are_stopped(detached: Detached) -> None:
    async def up_again() -> tuple[bool, set[str]]:
        """Who comes while it starts waits too, and is not told that it runs."""
        await until(lambda: detached.supervisor is not None, seconds=30)
        await up(detached)
        return await words(detached)

    _, found = await asyncio.gather(up(detached), up_again())
    assert found == (True, {"ready"})
    supervisor, orphans = detached.supervisor, Records(detached.folder / "run").alive()
    assert supervisor is not None
    supervisor.send(signal.SIGKILL)
    assert await supervisor.gone(10)
    assert await words(detached) == (False, {"ready"})
    await detached.down()
    assert [record.name for record in orphans if record.alive()] == []
    assert {record.name for record in orphans} == {"kafka", "postgres", "mailsink", "issuer", MINE}


async def refuses_a_second_broker(detached: Detached) -> None:
    """A second one on a live folder would break the first."""
    programs = {program.name: program for program in detached.stack().programs}
    async with temporary_folder("second") as folder:
        with pytest.raises(Trouble, match="another kafka runs on"):
            await Supervisor(folder, [programs["kafka"]], revive=False, progress=print).start()
    assert await programs["kafka"].ready()


async def write(detached: Detached) -> None:
    stack = detached.stack()
    admin = AIOKafkaAdminClient(bootstrap_servers=[stack.kafka])
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=[stack.kafka], acks="all") as producer:
        await producer.send_and_wait(TOPIC, b"event")
    connection = await asyncpg.connect(stack.postgres_url("complaints"))
    await connection.execute("CREATE TABLE kept AS SELECT 'row' AS what")
    await connection.close()


async def read(detached: Detached) -> tuple[str, bytes]:
    stack = detached.stack()
    async with AIOKafkaConsumer(TOPIC, bootstrap_servers=[stack.kafka], auto_offset_reset="earliest") as consumer:
        event = await asyncio.wait_for(consumer.getone(), 20)
    connection = await asyncpg.connect(stack.postgres_url("complaints"))
    row = await connection.fetchval("SELECT what FROM kept")
    await connection.close()
    return row, event.value
