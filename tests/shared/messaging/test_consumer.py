"""The Kafka edge on a real broker: overlapping members, revoked batches, positions that are worth nothing, trouble."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.conn import AIOKafkaConnection
from aiokafka.protocol.fetch import FetchRequest

from shared.messaging import client, subscriber
from shared.messaging import consumer as edge
from shared.messaging.waves import bucket
from tests.shared.messaging.members import Group
from tests.shared.messaging.play import HISTORY, LETTERS, Written, happened, record, several
from tests.shared.messaging.world import hold
from tests.until import came_true, until

TRAIL = f"{HISTORY.name} a"
POSITION = "SELECT next_offset FROM position WHERE topic = $1 AND partition = 0"
LOCK = "SELECT pg_advisory_xact_lock($1)"
FORGE = "UPDATE position SET next_offset = $2, cluster = coalesce($3, cluster) WHERE topic = $1 AND partition = 0"


async def test_two_members_on_one_partition_and_the_whole_topic_again_change_nothing(group: Group) -> None:
    """Weaker: what was read is told by Kafka's offsets, and everybody who reads it again does it again."""
    labels = [f"a{n}" for n in range(1, 41)]
    await group.send(several(" ".join(labels), tells=("s",)))
    async with group.member("one"), group.member("two"):
        await group.applied(TRAIL, labels)
    await group.rewind("one")
    await group.send(several(" ".join(labels), tells=("s",)))
    async with group.member("one"):
        await group.send(several("a41"))
        await group.applied(TRAIL, [*labels, "a41"])
    assert len(await group.world.echoes()) == len(labels)


async def test_the_batch_of_a_revoked_partition_is_rolled_back_and_read_by_the_next_owner(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: the group waits for a batch that hangs, or two owners work on one partition."""
    monkeypatch.setattr(edge, "REVOKED_SECONDS", 0.3)
    world = group.world
    async with world.look.acquire() as connection, group.member() as first:
        held = await hold(connection, LOCK, bucket(("name", "E")))
        await group.send([happened("a1", names=("E",))])
        await world.blocked()
        (batch,) = first.running.values()
        async with group.member(joined=False):
            await until(batch.done, 20)
            assert batch.cancelled()
            assert await world.look.fetchval(POSITION, HISTORY.name) is None, "rolled back"
            await held.rollback()
            await group.applied("E", ["a1"])
            assert await world.look.fetchval(POSITION, HISTORY.name) == 1


@pytest.mark.parametrize(("offset", "cluster"), [(1, "another cluster"), (99, None)], ids=["other cluster", "past end"])
async def test_a_position_that_is_worth_nothing_here_starts_at_the_beginning(
    group: Group, offset: int, cluster: str | None
) -> None:
    """Weaker: read on from there, the first records of the new topic are passed over, or nothing is read at all."""
    async with group.member():
        await group.send(several("a1 a2"))
        await group.applied(TRAIL, ["a1", "a2"])
    await group.world.look.execute(FORGE, HISTORY.name, offset, cluster)
    await group.world.look.execute("DELETE FROM seen; DELETE FROM trail")
    async with group.member():
        await group.send(several("a3"))
        await group.applied(TRAIL, ["a1", "a2", "a3"])
    assert await group.world.look.fetchval(POSITION, HISTORY.name) == 3


async def test_a_topic_that_was_made_anew_is_read_from_its_start(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weaker: its records lie before the position, and are dropped as old until they have passed it."""
    monkeypatch.setattr(subscriber, "METADATA_MS", 300)
    async with group.member() as member:
        await group.send(several("a1 a2 a3"))
        await group.applied(TRAIL, ["a1", "a2", "a3"])
        await group.recreate(HISTORY.name)
        await until(lambda: not member.trouble(), 20)
        await group.send(several("b1"))
        await group.applied(f"{HISTORY.name} b", ["b1"], 20)
    assert await group.world.look.fetchval(POSITION, HISTORY.name) == 1


async def test_a_database_that_steps_back_under_a_running_consumer_gets_what_it_lacks(group: Group) -> None:
    """Weaker: the position moves with the next batch, over what a standby had not got when it took over."""
    async with group.member() as member:
        await group.send(several("a1 a2 a3"))
        await group.applied(TRAIL, ["a1", "a2", "a3"])
        await group.world.look.execute(FORGE, HISTORY.name, 0, None)
        await group.world.look.execute("DELETE FROM seen; DELETE FROM trail")
        await group.send(several("a4"))
        assert await came_true(lambda: group.is_applied(TRAIL, ["a1", "a2", "a3", "a4"]), 10)
        assert member.trouble() == ""
    assert await group.world.look.fetchval(POSITION, HISTORY.name) == 4


async def test_what_the_client_had_taken_when_it_failed_is_read_again(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: the records of one partition go down with the poll that another one fails, and strangers leave no gap."""
    poll = AIOKafkaConsumer.getmany
    lost: list[Any] = []

    async def takes_and_fails(self: AIOKafkaConsumer, *partitions: Any, **options: Any) -> Any:
        found = await poll(self, *partitions, **options)
        if found and not lost:
            lost.append(found)
            raise ValueError("another partition can't be read")
        return found

    monkeypatch.setattr(AIOKafkaConsumer, "getmany", takes_and_fails)
    async with group.member():
        await group.send([record(Written(subject="w", label="w1"))])
        await until(lambda: bool(lost))
        await group.send([record(Written(subject="w", label="w2"))])
        assert await came_true(lambda: group.is_applied(f"{LETTERS.name} w", ["w1", "w2"]), 10)


async def test_a_connection_that_closes_under_a_fetch_is_made_anew(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: aiokafka's task that fetches ends with uvloop's RuntimeError, and nothing is ever read again."""
    send = AIOKafkaConnection.send
    raised: list[str] = []

    def closed(self: AIOKafkaConnection, request: Any, *more: Any, **options: Any) -> Any:
        if isinstance(request, FetchRequest) and not raised:
            raised.append("once")
            raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")
        return send(self, request, *more, **options)

    goes_on = False
    try:
        async with group.member():
            monkeypatch.setattr(AIOKafkaConnection, "send", closed)
            await until(lambda: bool(raised))
            await group.send(several("a1"))
            goes_on = await came_true(lambda: group.is_applied(TRAIL, ["a1"]), 10)
    finally:  # a consumer whose fetching has ended can't even be stopped
        assert goes_on


class Fetch(NamedTuple):
    """How many partitions the broker was asked for, and what it was to wait for."""

    partitions: int
    min_bytes: int
    wait_ms: int


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Fetch]:
    """The fetches that leave this process, as they come."""
    send, found = AIOKafkaConnection.send, list[Fetch]()

    def noting(self: AIOKafkaConnection, request: Any, *more: Any, **options: Any) -> Any:
        if isinstance(request, FetchRequest):
            partitions = sum(len(numbers) for _, numbers in request.topics)
            found.append(Fetch(partitions, request._min_bytes, request._max_wait_ms))
        return send(self, request, *more, **options)

    monkeypatch.setattr(AIOKafkaConnection, "send", noting)
    return found


async def test_the_broker_is_asked_to_wait_long_only_where_it_is_asked_for_all(
    group: Group, asked: list[Fetch]
) -> None:
    """Weaker: what comes behind records that nobody has taken yet waits for a long poll that left its partition out."""
    world = group.world
    async with world.look.acquire() as connection, group.member():
        held = await hold(connection, LOCK, bucket(("name", "E")))
        before = len(asked)
        await until(lambda: len(asked) > before + 1)
        all_of_them = max(asked).partitions
        await group.send([happened("a1", names=("E",))])
        await world.blocked()
        await group.send(several("a2"))
        await until(lambda: asked[-1].partitions < all_of_them)
        await held.rollback()
        await group.applied(TRAIL, ["a1", "a2"])
    waits = {(fetch.partitions == all_of_them, fetch.wait_ms) for fetch in asked[before:] if fetch.min_bytes == 1}
    assert waits == {(True, client.FETCH_ALL_MS), (False, client.FETCH_MS)}


async def test_the_broker_gathers_records_while_those_before_are_worked_on(
    group: Group, asked: list[Fetch], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: each fetch ends with its first record, and of a steady stream small batches take all of the cores."""
    monkeypatch.setattr(client, "GATHER_SECONDS", 1.0)
    world = group.world
    async with world.look.acquire() as one, world.look.acquire() as other, group.member():
        held = [await hold(c, LOCK, bucket(("name", name))) for c, name in ((one, "E"), (other, "F"))]
        await group.send([happened("a1", names=("E",))])
        await world.blocked()
        all_of_them = max(asked).partitions
        await group.send([happened("a2", names=("F",))])
        await until(lambda: asked[-1].partitions < all_of_them)  # a2 is there, and not taken
        await held[0].rollback()
        gathers = await came_true(lambda: asked[-1].min_bytes == client.GATHER_BYTES, 5)
        await group.send(several("a3"))
        await until(lambda: asked[-1].partitions < all_of_them)  # a3 is there, and not taken
        assert asked[-1].wait_ms <= client.GATHER_PART_SECONDS * 1e3, "what is there waits for what may not come"
        await held[1].rollback()
        await group.applied(TRAIL, ["a1", "a2", "a3"])
        assert gathers
        assert await came_true(lambda: asked[-1][:2] == (all_of_them, 1), 5), "a lone event is waited for"


async def test_a_record_whose_header_has_no_readable_name_is_a_dead_letter_and_stops_nobody(group: Group) -> None:
    """Weaker: the client fails at it in each poll, for ever, and takes other partitions' records along."""
    await group.send([*several("a1 a2"), record(Written(subject="w", label="w1"))])
    await group.send_unreadable(record(Written(subject="w", label="w2")))
    await group.send([record(Written(subject="w", label="w3"))])
    async with group.member() as member:
        assert await came_true(lambda: group.is_applied(f"{LETTERS.name} w", ["w1", "w3"]), 10)
        await group.send(several("a3"))
        await group.applied(TRAIL, ["a1", "a2", "a3"])
        assert member.trouble() == ""
    rows = await group.world.look.fetch("SELECT topic, record_offset, reason FROM dead_letter")
    assert [tuple(row) for row in rows] == [(LETTERS.name, 1, "headers can't be read: a name is not UTF-8")]


async def test_a_partition_that_can_not_be_settled_says_so_and_goes_on_when_it_can(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: after an error that nobody thought of the records are passed over, and the partition is silent."""
    monkeypatch.setattr(edge, "AGAIN_SECONDS", 0.1)
    async with group.member() as member:
        await group.world.look.execute("ALTER TABLE parked RENAME TO hidden")
        try:
            await group.send(several("a1"))
            await until(lambda: member.trouble().startswith("stopped"))
        finally:
            await group.world.look.execute("ALTER TABLE hidden RENAME TO parked")
        await group.applied(TRAIL, ["a1"])
        await until(lambda: member.trouble() == "")


async def test_positions_that_can_not_be_had_are_asked_for_again(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weaker: the client library logs what a rebalance listener raises, and the partitions stay paused for ever."""
    monkeypatch.setattr(edge, "AGAIN_SECONDS", 0.1)
    await group.send(several("a1"))
    await group.world.look.execute("ALTER TABLE position RENAME TO hidden")
    async with group.member(joined=False) as member:
        try:
            await until(lambda: member.trouble() == "waiting for partitions")
        finally:
            await group.world.look.execute("ALTER TABLE hidden RENAME TO position")
        await group.applied(TRAIL, ["a1"])
        await until(lambda: member.trouble() == "")


async def test_a_bad_deployment_stops_the_consumer_and_a_good_one_goes_on(group: Group) -> None:
    """Weaker: every key that comes is parked, and an operator has to bring back the work of a whole night."""
    keys = "abcdefgh"
    group.world.play.poison = {f"{key}1" for key in keys}
    async with group.member(breaker_keys=3) as member:
        await group.send(happened(f"{key}1") for key in keys)
        await until(lambda: "handlers fail" in member.trouble())
        tries = group.world.play.tries("c1")
        await until(lambda: group.world.play.tries("c1") > tries + 3)
        assert [key for key, _, _ in await group.world.parked()] == ["a", "b"], "nothing more is parked"
        assert await group.world.look.fetchval(POSITION, HISTORY.name) == 2
        group.world.play.poison = set()
        await group.applied(f"{HISTORY.name} h", ["h1"])
        assert member.trouble() == ""
    assert [key for key, _, _ in await group.world.parked()] == ["a", "b"]


def test_a_static_member_that_listens_to_more_is_another_member() -> None:
    """Weaker: it comes back under its name, no rebalance follows, and the new topic is read by nobody (KAFKA-12759)."""
    few, again, many = (subscriber.instance("service", "3", topics) for topics in (["a"], ["a"], ["a", "b"]))
    assert few == again != many
    assert all(name is not None and name.startswith("service-3-") for name in (few, many))
    assert subscriber.instance("service", None, ["a"]) is None
