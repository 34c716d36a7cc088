"""Connections that are dropped in the middle of something."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from tests.shared.messaging.play import several
from tests.shared.messaging.world import World, done
from tests.until import until

DROP = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'salor-replica' AND state LIKE 'idle in transaction%'"""


@pytest.mark.parametrize("point", ["a1 before", "b1 before", "a1 read"])
async def test_a_batch_whose_connection_was_dropped_is_run_again(world: World, point: str) -> None:
    """Weaker: parked as failed, or half of it kept."""
    replica = await world.replica()
    gate = world.play.gate(point)
    batch = world.start(replica.settle(several("a1 b1 a2", tells=("s",))))
    await gate.arrived()
    await world.look.execute(DROP)
    gate.open()
    await done(batch)
    assert (await world.seen("a"), await world.seen("b"), await world.parked()) == (2, 1, [])
    assert [sequence for _, sequence, _ in await world.echoes()] == [1, 2, 3]


@pytest.mark.parametrize("what", ["a batch", "a drain", "the sweeper"])
async def test_who_is_told_to_stop_stops_although_the_connection_was_dropped(world: World, what: str) -> None:
    """Weaker: the transaction's end fails on the dropped connection, and this failure is waited out and tried again."""
    replica = await world.replica()
    await replica.settle(several("b2 b1"))
    gate = world.play.gate("a1 before" if what == "a batch" else "b2 before")
    work = {"a batch": replica.settle(several("a1")), "a drain": replica.sweep(), "the sweeper": replica.sweeper.run()}
    stopping = world.start(work.pop(what))
    for other in work.values():
        other.close()
    await gate.arrived()
    await world.look.execute(DROP)
    await until(lambda: _is_closed(world))
    stopping.cancel()
    await asyncio.wait([stopping], timeout=5)
    assert stopping.cancelled()


async def _is_closed(world: World) -> bool:
    try:
        return bool(world.play.connection.is_closed())
    except asyncpg.InterfaceError:
        return True  # the pool has let it go already
