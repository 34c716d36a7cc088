"""Interleaving 16: COMMIT was answered, and the answer was lost on its way."""

from __future__ import annotations

import pytest
import structlog

from tests.shared.messaging.commands import Office
from tests.shared.messaging.play import happened, several
from tests.shared.messaging.proxy import Proxy
from tests.shared.messaging.world import World, waits

LOST = ["ConnectionDoesNotExistError"]


@pytest.mark.parametrize("losses", [1, 3])
async def test_16_a_batch_whose_commit_was_not_heard_of_is_run_again_and_dropped(world: World, losses: int) -> None:
    """Weaker: a blind retry applies it twice; giving it up parks what has taken effect."""
    async with Proxy(world.url) as proxy:
        replica = await world.replica(url=proxy.url)
        proxy.lose = losses
        with structlog.testing.capture_logs() as logs:
            await replica.settle(several("a1 b1 a2", names=("E",), tells=("s",)))
        replica.pool.terminate()
    assert (proxy.lost, waits(logs)) == (losses, LOST * losses)
    assert await world.trail("E") == ["a1", "b1", "a2"]
    assert [told[1:] for told in await world.echoes()] == [(1, "a1"), (2, "b1"), (3, "a2")]
    assert await world.parked() == []


async def test_16_a_drain_whose_commit_was_not_heard_of_is_not_drained_twice(world: World) -> None:
    """Weaker: what was read from `parked` is applied although its row is gone by now."""
    async with Proxy(world.url) as proxy:
        replica = await world.replica(url=proxy.url)
        await replica.settle(several("a2 a1", tells=("s",)))
        proxy.lose = 1
        await replica.sweep()
        replica.pool.terminate()
    assert proxy.lost == 1
    assert (await world.trail("history.v1 a"), await world.parked()) == (["a1", "a2"], [])
    assert len(await world.echoes()) == 2


async def test_16_a_waiter_whose_parking_was_not_heard_of_waits_once(world: World) -> None:
    """Weaker: parked again as something new, or applied although it lacks its fact."""
    async with Proxy(world.url) as proxy:
        replica = await world.replica(url=proxy.url)
        proxy.lose = 1
        await replica.settle([happened("a1", needs="f")])
        assert await world.parked() == [("a", 1, "waiting")]
        await replica.settle([happened("f1", is_fact=True)])
        await replica.sweep()
        replica.pool.terminate()
    assert await world.trail("history.v1 a") == ["a1"]


async def test_16_a_command_whose_commit_was_not_heard_of_is_answered_from_its_row(world: World) -> None:
    """Weaker: a 500 for something that took effect, or a second effect."""
    async with Proxy(world.url) as proxy:
        office = await Office.open(world, url=proxy.url)
        proxy.lose = 1
        [answered] = await office.settle(office.call("x", key="k"))
        [again] = await office.settle(office.call("x", key="k"))
        office.requests.runner.pool.terminate()
    assert proxy.lost == 1
    assert answered == again == (201, b'{"label":"x","before":0}', True)
    assert await world.trail("E") == ["x"]
    assert await world.echoes() == [("s", 1, "x")]
