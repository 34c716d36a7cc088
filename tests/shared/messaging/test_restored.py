"""Interleavings 21, on a real broker: a sender's database goes back to a backup, its topic does not."""

from __future__ import annotations

import pytest

from tests.shared.messaging.lives import Sender
from tests.shared.messaging.post import Post, effects

LEASED = "UPDATE relay SET owner = 'before', lease_until = clock_timestamp() + interval '1 second'"


@pytest.fixture
def sender(post: Post) -> Sender:
    return Sender(post)


@pytest.mark.parametrize("new", ["", "a3x", "a3x a4x", "a3x a4x a5x b1x"])
async def test_21_a_service_that_tells_fewer_or_more_than_were_lost_before_the_relay_looks(
    sender: Sender, new: str
) -> None:
    """Weaker: no look, or one at the highest id: the new a3 is taken for the old one, and lost."""
    await sender.tell("a1 a2")
    assert await sender.send() == "sent"
    await sender.back_up()
    await sender.tell("a3 a4")
    assert await sender.send() == "sent"
    await sender.restore()
    if new:
        await sender.tell(new)
    before = await sender.post.records()
    assert await sender.send() == "restored"
    assert await sender.post.records() == before, "it sends nothing"
    raised = await sender.raise_above()
    assert (raised.lost, raised.waiting) == (2, len(new.split()))
    assert await sender.send() == "sent"
    await sender.tell("a9")
    assert await sender.send() == "sent"
    found = effects(await sender.post.records())
    assert found["a"] == ["a1", "a2", "a3", "a4", *(n for n in new.split() if n[0] == "a"), "a9"]
    assert found.get("b", []) == [n for n in new.split() if n[0] == "b"]
