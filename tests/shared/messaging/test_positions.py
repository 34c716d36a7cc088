"""Where a partition is read on: the database's word, as far as the cluster and the topic bear it out."""

from __future__ import annotations

import pytest

from shared.messaging.inbox import SteppedBack
from shared.messaging.positions import Extent, Position, find, judge
from shared.messaging.record import Message, read
from tests.shared.messaging.play import HISTORY, happened
from tests.shared.messaging.world import World

HERE, AT = "here", (HISTORY.name, 0)
BACK = "UPDATE position SET next_offset = 3"
ROW = "SELECT next_offset, cluster FROM position"
CLOSE = "SELECT close_batch('{}', '{}', '{}', '{}', $1, $2, $3, $4, $5)"
OFTEN = """SELECT close_batch('{}', '{}', '{}', '{}', $1, $2, ARRAY[n - 1], ARRAY[n], $3)
FROM generate_series(1, 3000) AS n"""
BLOCKS = """SELECT pg_stat_get_xact_blocks_fetched('position'::regclass)
+ pg_stat_get_xact_blocks_fetched('position_pkey'::regclass)"""


@pytest.mark.parametrize(
    ("position", "start", "is_odd"),
    [
        (None, 10, False),
        (Position(10, HERE), 10, False),
        (Position(20, HERE), 20, False),
        (Position(15, ""), 15, False),
        (Position(21, HERE), 10, True),
        (Position(9, HERE), 10, True),
        (Position(15, "elsewhere"), 10, True),
    ],
    ids=["none", "first", "end", "of a release that did not know", "past the end", "trimmed away", "another cluster"],
)
def test_a_position_counts_on_its_cluster_and_within_the_topic(
    position: Position | None, start: int, is_odd: bool
) -> None:
    found, odd = judge(position, HERE, Extent(10, 20))
    assert (found, bool(odd)) == (start, is_odd)


async def test_a_position_of_a_release_that_did_not_know_its_cluster_is_taken_over_and_moves(world: World) -> None:
    """Weaker: rows of before the upgrade stay where they are, and each restart reads everything after them again."""
    await world.look.execute("INSERT INTO position (topic, partition, next_offset) VALUES ($1, 0, 4)", HISTORY.name)
    assert await find(world.look, HERE, {AT: Extent(0, 9)}) == {AT: 4}
    replica = await world.replica()
    replica.inbox.cluster = HERE
    await replica.settle([happened("a1", offset=4)])
    assert [tuple(row) for row in await world.look.fetch(ROW)] == [(5, HERE)]


async def test_a_late_batch_of_another_cluster_moves_no_position(world: World) -> None:
    """Weaker: the highest offset of either cluster holds, and the new one's records up to there are passed over."""
    old, new = await world.replica(), await world.replica()
    old.inbox.cluster, new.inbox.cluster = "elsewhere", HERE
    await old.settle([happened("a1", offset=900)])
    assert await find(world.look, HERE, {AT: Extent(0, 5)}) == {AT: 0}
    await old.settle([happened("b1", offset=901)])
    await new.settle([happened("c1", offset=0)])
    assert [tuple(row) for row in await world.look.fetch(ROW)] == [(1, HERE)]


def starting(label: str, start: int, offset: int) -> Message:
    message = read(happened(label, offset=offset))
    message.start = start
    return message


async def test_a_batch_is_refused_by_a_database_that_lacks_what_came_before_it(world: World) -> None:
    """Weaker: after a failover the position jumps over what the standby had not got yet, and nobody reads it again."""
    replica = await world.replica()
    await replica.inbox.settle([starting("a1", 0, 3), starting("a2", 4, 4)])
    await world.look.execute(BACK)
    with pytest.raises(SteppedBack):
        await replica.inbox.settle([starting("a3", 5, 5), starting("b1", 6, 6)])
    assert await world.look.fetchval(ROW) == 3
    assert (await world.seen("a"), await world.parked()) == (2, []), "rolled back as a whole"
    assert world.play.tries("a3") == 1, "and not cut down, as for a failure of its own"
    await replica.inbox.settle([starting("a1", 3, 3), starting("a2", 4, 4), starting("a3", 5, 5)])
    assert (await world.look.fetchval(ROW), await world.seen("a")) == (6, 3)


async def test_the_halves_of_a_batch_and_the_holes_of_a_topic_are_no_steps_back(world: World) -> None:
    """Weaker: what is halved starts where its batch did, or a compacted topic stops its consumer."""
    world.play.poison = {"b1"}
    replica = await world.replica()
    await replica.inbox.settle(
        [starting("a1", 0, 4), starting("a2", 5, 9), starting("b1", 10, 10), starting("c1", 11, 20)]
    )
    await replica.inbox.settle([starting("c2", 21, 30)])
    assert (await world.seen("a"), await world.seen("c"), await world.look.fetchval(ROW)) == (2, 2, 31)


def closing(start: int, end: int) -> tuple[list[str], list[int], list[int], list[int], str]:
    """What `CLOSE` takes for a batch of one partition."""
    return [HISTORY.name], [0], [start], [end], HERE


async def test_two_first_batches_of_a_partition_make_one_position(world: World) -> None:
    """Weaker: each makes a row of its own, and who looks at positions counts the partition twice."""
    async with world.look.acquire() as first, world.look.acquire() as second:
        early = first.transaction()
        await early.start()
        await first.execute(CLOSE, *closing(0, 5))
        late = world.start(second.execute(CLOSE, *closing(0, 7)))
        await world.blocked_or_done(late, 1)
        await early.commit()
        await late
    assert [tuple(row) for row in await world.look.fetch(ROW)] == [(7, HERE)]


async def test_a_transaction_held_open_makes_no_position_slower(world: World) -> None:
    """Weaker: each batch walks over the versions that all batches before it left, until the transaction has ended."""
    async with world.look.acquire() as holder, world.look.acquire() as connection, holder.transaction():
        await holder.execute("SELECT pg_current_xact_id()")
        await connection.execute("ANALYZE position")  # as if it were of a row for ever
        await connection.execute(OFTEN, [HISTORY.name], [0], HERE)
        before = await connection.fetchval(BLOCKS)
        await connection.execute(CLOSE, *closing(3000, 3001))
        assert await connection.fetchval(BLOCKS) - before < 20
