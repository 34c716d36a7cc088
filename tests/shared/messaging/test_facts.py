"""Interleavings 4, 5 and 19: an event that needs a fact, and the fact that comes at the least convenient moment."""

from __future__ import annotations

import pytest
import structlog

from tests.shared.messaging.play import happened, several
from tests.shared.messaging.world import World, done, waits

DISCARD = "INSERT INTO seen (stream, key, sequence, turn) VALUES ('history.v1', $1, 1, 1)"
ADOPT = "UPDATE seen SET event_id = 'of the new history', turn = turn + 1 WHERE key = $1"
ATTEMPTS = "SELECT attempts FROM parked WHERE key = $1"


async def test_an_event_waits_for_its_fact_and_its_successors_wait_behind_it(world: World) -> None:
    """Weaker: the handler raises for the whole call, or the successors overtake the waiting one."""
    replica = await world.replica()
    await replica.settle([happened("a1", needs="f"), *several("a2 b1")])
    assert await world.parked() == [("a", 1, "waiting"), ("a", 2, "gap")]
    assert await world.trail("history.v1 b") == ["b1"]
    await replica.settle([happened("f1", is_fact=True)])
    await replica.sweep()
    assert (await world.trail("history.v1 a"), await world.parked()) == (["a1", "a2"], [])


async def test_04_one_holds_the_name_and_lacks_the_fact_the_other_applies_the_fact(world: World) -> None:
    """Weaker: the waiter locks the fact's row while it holds the name: a deadlock with whom it waits for."""
    waiter, teller = await world.replica(), await world.replica()
    gate = world.play.gate("a1 read")
    with structlog.testing.capture_logs() as logs:
        t1 = world.start(waiter.settle([happened("a1", names=("E",), needs="f")]))
        await gate.arrived()
        t2 = world.start(teller.settle([happened("f1", names=("E",), is_fact=True)]))
        await world.blocked()
        gate.open()
        await done(t1, t2)
    await waiter.sweep()
    assert waits(logs) == []
    assert await world.trail("E") == ["f1", "a1"]
    assert await world.parked() == []


async def test_05_a_waiter_whose_fact_was_discarded_looks_once_and_waits_for_the_next(world: World) -> None:
    """Weaker: released while the fact is *present* instead of higher: swept for ever."""
    replica = await world.replica()
    await replica.settle([happened("a1", needs="f")])
    await world.look.execute(DISCARD, "f")
    await replica.sweep()
    assert await world.parked() == [("a", 1, "waiting")]
    tries, attempts = world.play.tries("a1"), await world.look.fetchval(ATTEMPTS, "a")
    await replica.sweep()
    await replica.sweep()
    assert world.play.tries("a1") == tries, "it is not looked at again before its fact has moved"
    assert await world.look.fetchval(ATTEMPTS, "a") == attempts
    await replica.settle([happened("f2", is_fact=True)])
    await replica.sweep()
    assert await world.trail("history.v1 a") == ["a1"]


MOMENTS = {
    "the data was read": ("a1 read", 1),
    "the turn was read": ("a1 before", 2),
    "it had read again": ("a1 read", 2),
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_19_a_fact_applied_while_the_waiter_looks_releases_it(world: World, moment: str) -> None:
    """Weaker: the turn is read after the data without a rerun (or in it): it is newer than the look, and stays."""
    waiter, teller = await world.replica(), await world.replica()
    gate = world.play.gate(*MOMENTS[moment])
    waiting = world.start(waiter.settle([happened("a1", needs="f")]))
    await gate.arrived()
    await teller.settle([happened("f1", is_fact=True)])
    gate.open()
    await done(waiting)
    await waiter.sweep()
    assert (await world.trail("history.v1 a"), await world.parked()) == (["a1"], [])


@pytest.mark.parametrize("moment", ["a1 read", "a1 before"])
async def test_19_a_fact_adopted_while_the_waiter_looks_makes_it_look_again(world: World, moment: str) -> None:
    """Weaker: the *sequence* of the fact is compared, which an adoption leaves as it was."""
    waiter = await world.replica()
    await waiter.settle([happened("f1"), happened("a1", needs="f")])
    await world.look.execute(ADOPT, "f")
    gate = world.play.gate(moment, world.play.passed[moment] + 2)
    looking = world.start(waiter.sweep())
    await gate.arrived()
    await world.look.execute("INSERT INTO fact VALUES ('f')")
    await world.look.execute(ADOPT, "f")
    gate.open()
    await done(looking)
    await waiter.sweep()
    assert (await world.trail("history.v1 a"), await world.parked()) == (["a1"], [])
