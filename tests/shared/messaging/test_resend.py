"""What is sent again is the same: for who lacks it, it is what was missing; for the others, nothing new."""

from __future__ import annotations

import pytest

from shared.messaging.resend import resend
from tests.shared.messaging.lives import Sender
from tests.shared.messaging.post import Post, effects
from tests.shared.messaging.world import done

STREAM = "echoes.v1"


@pytest.fixture
def sender(post: Post) -> Sender:
    return Sender(post)


async def again(sender: Sender, key: str, start: int) -> int:
    async with sender.pool.acquire() as connection:
        return await resend(connection, STREAM, key, start)


async def test_a_key_is_sent_again_from_a_sequence_on(sender: Sender) -> None:
    """Weaker: new ids, which would be regressions; or another key's, or older ones."""
    await sender.tell("a1 a2 b1 a3")
    assert await sender.send() == "sent"
    assert await again(sender, "a", 2) == 2
    assert await again(sender, "c", 1) == 0
    assert await sender.send() == "sent"
    assert await sender.post.read() == {"a": [1, 2, 3, 2, 3], "b": [1]}
    assert effects(await sender.post.records())["a"] == ["a1", "a2", "a3"]


async def test_what_was_sent_again_is_sent_again_once(sender: Sender) -> None:
    """Weaker: each time twice as many."""
    await sender.tell("a1 a2")
    assert [await again(sender, "a", 1) for _ in range(3)] == [2, 2, 2]


async def test_a_key_is_sent_again_after_what_is_being_told(sender: Sender) -> None:
    """Weaker: the event that is about to be committed is left out."""
    async with sender.pool.acquire() as teller:
        transaction = teller.transaction()
        await transaction.start()
        await sender.tell("a1", teller)
        waiting = sender.post.world.start(again(sender, "a", 1))
        await sender.post.world.blocked_or_done(waiting, 1)
        await transaction.commit()
    await done(waiting)
    assert waiting.result() in (0, 1)
    assert await again(sender, "a", 1) == 1


async def test_what_waits_twice_after_a_restore_gets_one_new_sequence(sender: Sender) -> None:
    """Weaker: numbered row by row: one event takes effect under two sequences."""
    await sender.tell("a1")
    assert await sender.send() == "sent"
    await sender.back_up()
    await sender.tell("a2")
    assert await sender.send() == "sent"
    await sender.restore()
    await sender.tell("a2x a3x")
    assert await again(sender, "a", 1) == 3
    raised = await sender.mend()
    assert raised.waiting == 5
    assert effects(await sender.post.records())["a"] == ["a1", "a2", "a2x", "a3x"]
