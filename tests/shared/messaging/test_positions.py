"""Where a partition is read on: the database's word, as far as the cluster and the topic bear it out."""

from __future__ import annotations

import pytest

from shared.messaging.positions import Extent, Position, find, judge
from tests.shared.messaging.play import HISTORY, happened
from tests.shared.messaging.world import World

HERE, AT = "here", (HISTORY.name, 0)
ROW = "SELECT next_offset, cluster FROM position"


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
