"""Interleavings 1, 2, 3, 10 and 15: what comes out of turn, fails, or is seen by two."""

from __future__ import annotations

import asyncio

import pytest

from shared.messaging import sweeper
from shared.messaging.signal import Signal
from tests.shared.messaging.play import several
from tests.shared.messaging.world import World, done
from tests.until import came_true


async def test_01_a_missing_event_is_applied_although_its_successor_is_parked(world: World) -> None:
    """Weaker: a key with anything parked takes nothing, so that neither 1 nor 2 ever takes effect."""
    replica = await world.replica()
    await replica.settle(several("a2"))
    assert await world.parked() == [("a", 2, "gap")]
    await replica.settle(several("a1"))
    assert (await world.seen("a"), await world.trail("history.v1 a")) == (1, ["a1"])
    await replica.sweep()
    assert (await world.trail("history.v1 a"), await world.parked()) == (["a1", "a2"], [])


async def test_01_within_one_batch_a_successor_that_came_first_is_parked_and_drained_later(world: World) -> None:
    """Weaker: 2 is applied in place of 1, or lost with its position."""
    replica = await world.replica()
    await replica.settle(several("a2 a3 a1"))
    assert (await world.seen("a"), await world.parked()) == (1, [("a", 2, "gap"), ("a", 3, "gap")])
    await replica.sweep()
    assert await world.trail("history.v1 a") == ["a1", "a2", "a3"]


async def test_02_a_poisoned_successor_does_not_take_the_event_before_it_along(world: World) -> None:
    """Weaker: draining in the transaction that advanced the key; the innocent 1 fails with 2 and is parked."""
    world.play.poison = {"a2"}
    replica = await world.replica()
    await replica.settle(several("a2"))
    await replica.settle(several("a1"))
    await replica.sweep()
    assert (await world.seen("a"), await world.trail("history.v1 a")) == (1, ["a1"])
    assert await world.parked() == [("a", 2, "failed")]
    assert world.play.tries("a1") == 1, "it was tried once, and not again because of its successor"


async def test_02_a_poisoned_event_stops_its_key_and_nothing_else(world: World) -> None:
    """Weaker: the whole batch is parked, or the successors overtake the one that failed."""
    world.play.poison = {"b1"}
    replica = await world.replica()
    await replica.settle(several("a1 b1 b2 c1 a2"))
    await replica.sweep()
    assert (await world.seen("a"), await world.seen("b"), await world.seen("c")) == (2, 0, 1)
    assert await world.parked() == [("b", 1, "failed"), ("b", 2, "gap")]
    assert world.play.tries("b1") <= 3 + 3, "three tries alone, and one with each half that it was in"


async def test_03_a_killed_process_leaves_its_drain_to_the_next_ones_sweeper(world: World) -> None:
    """Weaker: only the commit that advances a key wakes the drain; a kill right after it parks 2 for ever."""
    killed = await world.replica()
    await killed.settle(several("a2"))
    await killed.settle(several("a1"))
    killed.pool.terminate()
    assert await world.parked() == [("a", 2, "gap")]
    next_one = await world.replica()
    world.start(next_one.sweeper.run())
    assert await came_true(lambda: _has_seen(world, "a", 2), 5)
    assert await world.trail("history.v1 a") == ["a1", "a2"]


async def _has_seen(world: World, key: str, sequence: int) -> bool:
    return await world.seen(key) == sequence


@pytest.mark.parametrize("cut", ["one by one", "as a batch"])
async def test_10_two_keys_on_one_name_keep_the_order_of_each_key(world: World, cut: str) -> None:
    """Weaker: the parked A2 takes its place in the waves of the batch, before A1."""
    replica = await world.replica()
    records = several("a2 a1 b1", names=("E",))
    await (replica.settle(records) if cut == "as a batch" else replica.one_by_one(records))
    await replica.sweep()
    assert await world.trail("E") == ["a1", "b1", "a2"]
    assert (await world.trail("history.v1 a"), await world.trail("history.v1 b")) == (["a1", "a2"], ["b1"])


async def test_15_a_zombie_gets_6_while_the_owner_applies_5(world: World) -> None:
    """Weaker: without the lock the zombie reads 4, parks 6 after the owner looked, and nobody drains it."""
    owner, zombie = await world.replica(), await world.replica()
    await owner.settle(several("a1 a2 a3 a4"))
    gate = world.play.gate("a5 before")
    applying = world.start(owner.settle(several("a5")))
    await gate.arrived()
    late = world.start(zombie.settle(several("a6")))
    await world.blocked_or_done(late, 1)
    gate.open()
    await done(applying, late)
    assert await world.trail("history.v1 a") == ["a1", "a2", "a3", "a4", "a5", "a6"]
    assert await world.parked() == []


async def test_15_a_zombie_parks_6_before_the_owner_applies_5(world: World) -> None:
    """Weaker: what a zombie parked is drained by nobody, since it came to no partition of the owner's."""
    owner, zombie = await world.replica(), await world.replica()
    await owner.settle(several("a1 a2 a3 a4"))
    gate = world.play.gate("b1 before")
    parking = world.start(zombie.settle(several("b1 a6")))
    await gate.arrived()
    applying = world.start(owner.settle(several("a5")))
    await world.blocked()
    gate.open()
    await done(parking, applying)
    assert (await world.seen("a"), await world.parked()) == (5, [("a", 6, "gap")])
    await owner.settle(several("a6"))
    await owner.sweep()
    assert await world.trail("history.v1 a") == ["a1", "a2", "a3", "a4", "a5", "a6"]
    assert await world.parked() == []


async def test_15_what_a_zombie_parked_is_drained_although_nothing_wakes_the_sweeper(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: the sweeper is only woken: of what another process parked, or made possible, it never hears."""
    monkeypatch.setattr(sweeper, "EVERY_SECONDS", 0.05)
    owner, zombie = await world.replica(), await world.replica()
    owner.runner.advanced = bell = Bell()
    world.start(owner.sweeper.run())
    await asyncio.wait_for(bell.waited_for.wait(), 10)
    await zombie.settle(several("a2"))
    await zombie.settle(several("a1"))
    assert await came_true(lambda: _has_seen(world, "a", 2), 5)


class Bell(Signal):
    """Says that somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_for = asyncio.Event()

    async def after(self, count: int, seconds: float) -> bool:
        self.waited_for.set()
        return await super().after(count, seconds)


async def test_what_two_get_at_the_same_time_takes_effect_once(world: World) -> None:
    """Weaker: `seen` is read without its lock (or before it): both find 0 and both apply 1."""
    owner, zombie = await world.replica(), await world.replica()
    gate = world.play.gate("a1 read")
    first = world.start(owner.settle(several("a1 a2", tells=("t",))))
    await gate.arrived()
    second = world.start(zombie.settle(several("a1 a2", tells=("t",))))
    await world.blocked()
    gate.open()
    await done(first, second)
    assert await world.trail("history.v1 a") == ["a1", "a2"]
    assert await world.echoes() == [("t", 1, "a1"), ("t", 2, "a2")]
