"""Strangers' events have a name and no number: each takes effect once, or is one dead letter."""

from __future__ import annotations

import asyncio

from tests.shared.messaging.play import Written, record
from tests.shared.messaging.world import World, done

DEAD = "SELECT record_offset, reason FROM dead_letter ORDER BY record_offset"


async def test_one_that_comes_twice_takes_effect_once(world: World) -> None:
    """Weaker: remembered by its offset, which a sender's second attempt does not share."""
    replica = await world.replica()
    letter = Written(subject="w", label="w", tells=("s",))
    await replica.settle([record(letter, offset=1), record(letter, offset=2)])
    await replica.settle([record(letter, offset=9, partition=1)])
    assert await world.trail("letters.v1 w") == ["w"]
    assert await world.echoes() == [("s", 1, "w")]


async def test_one_that_comes_twice_fails_nothing(world: World) -> None:
    """Weaker: its second claim is a violation of a key, which no waiting and no halving mends."""
    replica = await world.replica()
    letter = record(Written(subject="w", label="w"))
    await replica.settle([letter])
    again = world.start(replica.settle([letter, record(Written(subject="v", label="v"), offset=1)]))
    await asyncio.wait([again])
    assert again.exception() is None
    assert await world.trail("letters.v1 v") == ["v"]


async def test_one_that_two_get_at_the_same_time_takes_effect_once(world: World) -> None:
    """Weaker: looked up before it is claimed."""
    here, there = await world.replica(), await world.replica()
    letter = record(Written(subject="w", label="w"))
    gate = world.play.gate("w read")
    one = world.start(here.settle([letter]))
    await gate.arrived()
    other = world.start(there.settle([letter]))
    await world.blocked()
    gate.open()
    await done(one, other)
    assert await world.trail("letters.v1 w") == ["w"]


async def test_a_poisoned_one_is_a_dead_letter_and_its_neighbours_are_not(world: World) -> None:
    """Weaker: it has no key to be parked under, so it stops its partition."""
    world.play.poison = {"b"}
    replica = await world.replica()
    await replica.settle([record(Written(subject=s, label=s), offset=n) for n, s in enumerate("abc")])
    assert [tuple(row) for row in await world.look.fetch(DEAD)] == [(1, "Poisoned in the handler of " + Written.type)]
    assert (await world.trail("letters.v1 a"), await world.trail("letters.v1 c")) == (["a"], ["c"])


async def test_one_that_fails_here_and_succeeds_there_is_no_dead_letter(world: World) -> None:
    """Weaker: given up by its third failure although another has handled it meanwhile: effect and dead letter."""
    world.play.poison = {"w"}
    here, there = await world.replica(size=1), await world.replica()
    letter = Written(subject="w", label="w")
    third, fourth = world.play.gate("w read", 3), world.play.gate("w read", 4)
    failing = world.start(here.settle([record(letter, offset=1)]))
    await third.arrived()
    before_it_gives_up = world.start(here.take_connection())
    succeeding = world.start(there.settle([record(letter, offset=2)]))
    await world.blocked()
    third.open()
    await fourth.arrived()
    world.play.poison = set()
    fourth.open()
    await done(succeeding)
    await here.pool.release(await before_it_gives_up)
    await done(failing)
    assert await world.trail("letters.v1 w") == ["w"]
    assert await world.look.fetch(DEAD) == []


async def test_one_that_fails_at_two_is_one_dead_letter(world: World) -> None:
    """Weaker: everybody who gives up buries it, at each of its offsets."""
    world.play.poison = {"w"}
    here, there = await world.replica(), await world.replica()
    letter = Written(subject="w", label="w")
    gate = world.play.gate("w read", 3)
    one = world.start(here.settle([record(letter, offset=1)]))
    await gate.arrived()
    other = world.start(there.settle([record(letter, offset=2)]))
    await world.blocked()
    gate.open()
    await done(one, other)
    assert len(await world.look.fetch(DEAD)) == 1
