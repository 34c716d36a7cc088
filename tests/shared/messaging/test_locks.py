"""Interleavings 9, 13 and 14: what is locked, in which order, and that it is read after the lock."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import structlog

from shared.messaging.record import Record
from shared.messaging.waves import bucket
from tests.shared.messaging.play import happened, several
from tests.shared.messaging.world import World, done, hold, waits

LOCK_SEEN = "SELECT FROM seen WHERE key = $1 FOR UPDATE"
LOCK_STREAM = "SELECT FROM stream WHERE key = $1 FOR UPDATE"
LOCK_NAME = "SELECT pg_advisory_xact_lock($1)"


async def test_09_missing_and_existing_keys_are_locked_in_one_pass(world: World) -> None:
    """Weaker: existing rows first, then missing ones: T1 sees only b, T3 commits a, T2 has a and wants b."""
    first, second, third = [await world.replica() for _ in range(3)]
    await first.settle(several("b1"))
    async with world.look.acquire() as connection:
        held = await hold(connection, LOCK_SEEN, "b")
        with structlog.testing.capture_logs() as logs:
            t1 = world.start(first.settle(several("a1 b2")))
            await world.blocked()
            t3 = world.start(third.settle(several("a1")))
            await world.blocked_or_done(t3, 2)
            t2 = world.start(second.settle(several("a2 b3")))
            await world.blocked_or_done(t2, 2 if t3.done() else 3)
            await held.rollback()
            await done(t1, t2, t3)
    assert waits(logs) == [], "no deadlock"
    await first.sweep()
    assert (await world.trail("history.v1 a"), await world.trail("history.v1 b")) == (["a1", "a2"], ["b1", "b2", "b3"])


async def _cross(world: World, lock: tuple[str, object], one: Sequence[Record], other: Sequence[Record]) -> list[str]:
    """Run two batches that want the same things in opposite orders, while the thing in the middle is held."""
    first, second = await world.replica(), await world.replica()
    async with world.look.acquire() as connection:
        held = await hold(connection, *lock)
        with structlog.testing.capture_logs() as logs:
            t1 = world.start(first.settle(one))
            await world.blocked(1)
            t2 = world.start(second.settle(other))
            await world.blocked(2)
            await held.rollback()
            await done(t1, t2)
    return waits(logs)


async def test_keys_are_locked_in_one_order_whatever_order_they_came_in(world: World) -> None:
    """Weaker: in the order of arrival: a, m, z against z, m, a is a deadlock."""
    await (await world.replica()).settle(several("a1 m1 z1"))
    assert await _cross(world, (LOCK_SEEN, "m"), several("a2 m2 z2"), several("z3 m3 a3")) == []


async def test_names_are_locked_in_one_order_whatever_order_they_came_in(world: World) -> None:
    """Weaker: in the order of arrival: the names of one batch against those of another are a deadlock."""
    names = sorted("pqrstu", key=lambda name: bucket(("name", name)))[:3]
    low, middle, high = names
    one = [happened(f"{key}1", names=(name,)) for key, name in zip("abc", (low, middle, high), strict=True)]
    other = [happened(f"{key}1", names=(name,)) for key, name in zip("def", (high, middle, low), strict=True)]
    assert await _cross(world, (LOCK_NAME, bucket(("name", middle))), one, other) == []


async def test_streams_are_raised_in_one_order_whatever_order_was_told_in(world: World) -> None:
    """Weaker: in the order of telling: a, m, z against z, m, a is a deadlock."""
    await (await world.replica()).settle([happened("k1", tells=("a", "m", "z"))])
    one, other = [happened("b1", tells=("a", "m", "z"))], [happened("c1", tells=("z", "m", "a"))]
    assert await _cross(world, (LOCK_STREAM, "m"), one, other) == []
    assert sorted(sequence for key, sequence, _ in await world.echoes() if key == "m") == [1, 2, 3]


async def test_13_what_is_parked_is_read_after_the_lock(world: World) -> None:
    """Weaker: read in the statement that locks, it is of before the wait: 3' does not see the 3 parked meanwhile."""
    owner, zombie = await world.replica(), await world.replica()
    gate = world.play.gate("a1 before")
    parking = world.start(owner.settle(several("a1 a3")))
    await gate.arrived()
    other = world.start(zombie.settle([happened("a3", other="x")]))
    await world.blocked_or_done(other, 1)
    gate.open()
    await done(parking, other)
    assert sorted(reason for _, _, reason in await world.parked()) == ["gap", "regression"]


CUTS = ["one batch", "two batches", "two partitions", "two replicas"]


@pytest.mark.parametrize("cut", CUTS)
async def test_14_two_complaints_about_one_employee_are_judged_one_after_the_other(world: World, cut: str) -> None:
    """Weaker: locked by the event's key only, both read the employee before either has written (a lost update)."""
    first, second = await world.replica(), await world.replica()
    partition = int(cut in ("two partitions", "two replicas"))
    one = happened("a1", names=("E",), tells=("E",))
    other = happened("b1", names=("E",), tells=("E",), partition=partition)
    if cut == "one batch":
        await first.settle([one, other])
    elif cut == "two batches":
        await first.one_by_one([one, other])
    else:
        gate = world.play.gate("a1 read")
        t1 = world.start(first.settle([one]))
        await gate.arrived()
        t2 = world.start((second if cut == "two replicas" else first).settle([other]))
        await world.blocked_or_done(t2, 1)
        gate.open()
        await done(t1, t2)
    assert await world.trail("E") == ["a1", "b1"]
    assert await world.echoes() == [("E", 1, "a1"), ("E", 2, "b1")]


async def test_the_position_moves_with_the_batch_or_not_at_all(world: World) -> None:
    """Weaker: written in a transaction of its own, a rolled-back batch is passed over."""
    replica = await world.replica()
    await replica.settle([happened("a1", offset=7), happened("b1", partition=1, offset=3)])
    gate = world.play.gate("a2 read")
    batch = world.start(replica.settle([happened("a2", offset=8)]))
    await gate.arrived()
    batch.cancel()
    rows = await world.look.fetch("SELECT partition, next_offset FROM position ORDER BY partition")
    assert [tuple(row) for row in rows] == [(0, 8), (1, 4)]
    await replica.settle([happened("a1", offset=3)])
    assert await world.look.fetchval("SELECT next_offset FROM position WHERE partition = 0") == 8, "never back"
