"""A relay that may not send, or can't: every replica says so, and goes on by itself once it may."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.messaging.brokers import Brokers
from shared.messaging.relay.loop import AHEAD, ELSEWHERE, RESTORED
from tests.shared.messaging.lives import Sender
from tests.shared.messaging.post import Post
from tests.until import until

FAR_AHEAD = "UPDATE relay SET since = '1000000000:1000000000:', until = '1000000000:1000000000:'"


@pytest.fixture
def sender(post: Post) -> Sender:
    return Sender(post)


async def test_every_replica_says_that_the_database_was_restored_until_the_numbers_are_raised(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: only the one that looked says so; or the others take its lease for a relay that sends."""
    monkeypatch.setattr("shared.messaging.relay.loop.LOOK_SECONDS", 0.1)
    await sender.lose("a1", "a2")
    await sender.tell("a2x")
    relays = [sender.post.relay(), sender.post.relay()]
    tasks = [sender.post.world.start(relay.run()) for relay in relays]
    await until(lambda: all(relay.restored for relay in relays), 20)
    assert {relay.wrong for relay in relays} <= {RESTORED, ELSEWHERE}
    assert await sender.post.read() == {"a": [1, 2]}
    await sender.raise_above(20.0)
    await until(lambda: not any(relay.restored or relay.wrong for relay in relays), 20)
    await until(lambda: any(relay.state == "relaying" for relay in relays), 20)
    await until(_has_sent(sender, 3), 20)
    assert await sender.took_effect() == ["a1", "a2", "a2x"]
    assert not any(task.done() for task in tasks)


async def test_an_outbox_whose_transactions_lie_in_the_future_is_refused(sender: Sender) -> None:
    """Weaker: a dump that was read into a younger server: what it tells lies behind the cursor and is never sent."""
    await sender.tell("a1")
    await sender.pool.execute(FAR_AHEAD)
    assert await sender.send() == "restored"
    relay = sender.post.relay()
    sender.post.world.start(relay.run())
    await until(lambda: relay.wrong == AHEAD, 20)
    assert relay.restored
    assert await sender.post.records() == []


def _has_sent(sender: Sender, count: int) -> Any:
    async def has() -> bool:
        return len(await sender.post.records()) >= count

    return has


async def test_a_relay_waits_for_a_broker_that_is_away_and_never_ends(sender: Sender) -> None:
    """Weaker: the task ends with an error that nobody awaits."""
    known, sender.post.brokers = sender.post.brokers, Brokers(["127.0.0.1:1"])
    await sender.tell("a1")
    relay = sender.post.relay()
    task = sender.post.world.start(relay.run())
    await until(lambda: relay.state.startswith("starts again"), 20)
    sender.post.brokers = relay.brokers = known
    await until(_has_sent(sender, 1), 20)
    assert not task.done()
    assert (relay.state, relay.wrong) == ("relaying", "")
    task.cancel()
    await asyncio.wait([task])
