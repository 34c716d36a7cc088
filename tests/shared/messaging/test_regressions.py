"""Interleaving 7: two events under one sequence, and the key that waits for a person."""

from __future__ import annotations

from tests.shared.messaging.play import happened, several
from tests.shared.messaging.world import World


async def test_07_another_event_under_a_parked_sequence_blocks_the_key(world: World) -> None:
    """Weaker: only `seen` is compared, so whichever of the two drains first wins, unseen by anybody."""
    replica = await world.replica()
    await replica.settle(several("a1 a3"))
    await replica.settle([happened("a3", other="x")])
    assert sorted(await world.parked()) == [("a", 3, "gap"), ("a", 3, "regression")]
    await replica.settle(several("a2 b1"))
    await replica.sweep()
    assert (await world.seen("a"), await world.seen("b")) == (1, 1), "the key waits for a person, others do not"
    assert await world.trail("history.v1 a") == ["a1"]


async def test_07_another_event_under_the_last_applied_sequence_blocks_the_key(world: World) -> None:
    """Weaker: anything that is not higher is dropped; a sender that was set back is never noticed."""
    replica = await world.replica()
    await replica.settle(several("a1 a2"))
    await replica.settle([happened("a2", other="x")])
    assert await world.parked() == [("a", 2, "regression")]
    await replica.settle(several("a3"))
    await replica.sweep()
    assert (await world.seen("a"), await world.trail("history.v1 a")) == (2, ["a1", "a2"])
