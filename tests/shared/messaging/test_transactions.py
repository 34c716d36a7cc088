"""Records that a sender wrote in transactions of Kafka's: only what was committed takes effect."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer

from shared.messaging.consumer import Consumer
from shared.messaging.record import Record
from tests.shared.messaging.members import Group
from tests.shared.messaging.play import HISTORY, happened
from tests.until import until

TRAIL = f"{HISTORY.name} a"


@pytest.fixture
async def sender(group: Group) -> AsyncIterator[AIOKafkaProducer]:
    """A producer that sends in transactions."""
    producer = AIOKafkaProducer(bootstrap_servers=group.bootstrap, transactional_id=f"{group.prefix}office")
    await producer.start()
    yield producer
    await producer.stop()


async def send(group: Group, sender: AIOKafkaProducer, record: Record) -> None:
    """A record, acknowledged by the broker, in the transaction that is open."""
    place = {"partition": record.partition, "key": record.key, "headers": list(record.headers)}
    await sender.send_and_wait(group.prefix + record.topic, record.value, **place)


async def lag(member: Consumer) -> int:
    return (await member.lags())[HISTORY.name][0]


async def test_an_aborted_transaction_takes_no_effect_and_a_committed_one_does(
    group: Group, sender: AIOKafkaProducer
) -> None:
    """Weaker: what its sender took back is done all the same."""
    async with group.member() as member:
        await sender.begin_transaction()
        await send(group, sender, happened("a1", other=" taken back"))
        await sender.abort_transaction()
        async with sender.transaction():
            await send(group, sender, happened("a1"))
        await until(lambda: is_begun(group))
        assert await group.world.trail(TRAIL) == ["a1"]
        await until(lambda: is_level(member))
        async with sender.transaction():
            await send(group, sender, happened("a2"))
        await group.applied(TRAIL, ["a1", "a2"])


async def is_begun(group: Group) -> bool:
    return bool(await group.world.trail(TRAIL))


async def is_level(member: Consumer) -> bool:
    """The marks at the end of a transaction are records of the broker's own, which nobody settles."""
    return await lag(member) == 0


async def test_what_stands_behind_an_open_transaction_waits_and_is_seen_to_lag(
    group: Group, sender: AIOKafkaProducer
) -> None:
    """Weaker: who asks for the end is told the one before the open transaction, and all seems to be well."""
    async with group.member() as member:
        await sender.begin_transaction()
        await send(group, sender, happened("b1"))
        await group.send([happened("a1")])
        await until(lambda: is_behind(member, 2))
        assert await group.world.trail(TRAIL) == []
        await sender.commit_transaction()
        await group.applied(TRAIL, ["a1"])
        await until(lambda: is_level(member))


async def is_behind(member: Consumer, records: int) -> bool:
    return await lag(member) == records
