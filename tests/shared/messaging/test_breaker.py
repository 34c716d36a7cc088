"""The breaker, where the events are settled: a bad deployment is not the events' fault, a bad sender is not ours."""

from __future__ import annotations

import asyncio

import pytest

from shared.messaging.breaker import BreakerOpen
from shared.messaging.record import read
from tests.shared.messaging.play import Written, record, several
from tests.shared.messaging.world import World

KEYS = "abcdefgh"


async def test_when_handlers_fail_on_many_keys_nothing_more_is_parked(world: World) -> None:
    """Weaker: every key that comes is parked, and somebody has to bring back the work of a whole night."""
    world.play.poison = {f"{key}1" for key in KEYS}
    replica = await world.replica()
    replica.inbox.breaker.limit = 3
    with pytest.raises(BreakerOpen):
        await replica.settle(several("a1 b1 c1 d1"))
    assert [key for key, _, _ in await world.parked()] == ["a", "b"]
    world.play.poison = set()
    await replica.settle(several("c1 d1"))
    assert (await world.seen("c"), await world.seen("d"), replica.inbox.breaker.open) == (1, 1, [])


async def test_no_stranger_alone_opens_it(world: World) -> None:
    """Weaker: counted by what it is about: one office with a hundred broken records stops all other offices."""
    world.play.poison = set(KEYS)
    replica = await world.replica()
    replica.inbox.breaker.limit = 3
    letters = [record(Written(subject=key, label=key), offset=n) for n, key in enumerate([*KEYS, "z"])]
    settling = world.start(replica.inbox.settle([read(letter) for letter in letters]))
    await asyncio.wait([settling])
    assert settling.exception() is None
    assert await world.trail("letters.v1 z") == ["z"]
