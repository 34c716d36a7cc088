"""A sender on another Kafka cluster, or on topics that were made anew: all that it has is sent, and dropped as seen."""

from __future__ import annotations

import pytest

from shared.messaging import topics
from tests.shared.messaging.lives import Sender
from tests.shared.messaging.play import ECHOES
from tests.shared.messaging.post import Post

ELSEWHERE = "UPDATE relay SET cluster = 'another'"


@pytest.fixture
def sender(post: Post) -> Sender:
    return Sender(post)


@pytest.mark.parametrize("is_kept", [True, False], ids=["that holds the topic", "that is empty"])
async def test_on_another_cluster_all_that_the_outbox_has_is_sent_again(sender: Sender, is_kept: bool) -> None:
    """Weaker: the cursor of one cluster is believed on another: what that one lacks is never sent."""
    await sender.tell("a1 a2 b1")
    assert await sender.send() == "sent"
    await sender.pool.execute(ELSEWHERE)
    if not is_kept:
        sender.post.prefix += "new."
        await topics.provision(sender.post.brokers, sender.post.prefix, [ECHOES], 1)
    await sender.tell("a3")
    assert await sender.send() == "sent"
    read = await sender.post.read()
    assert read["a"] == ([1, 2, 1, 2, 3] if is_kept else [1, 2, 3])
    assert await sender.took_effect() == ["a1", "a2", "a3"]
    assert await sender.send() == "sent"
    assert await sender.post.read() == read, "once"


async def test_on_another_cluster_what_was_trimmed_is_not_missed(sender: Sender) -> None:
    """Weaker: each record must have its row: a topic of years is taken for that of a restored sender."""
    await sender.tell("a1 a2")
    assert await sender.send() == "sent"
    await sender.trim()
    await sender.pool.execute(ELSEWHERE)
    await sender.tell("a3")
    assert await sender.send() == "sent"
    assert await sender.took_effect() == ["a1", "a2", "a3"]


async def test_a_topic_that_lost_its_end_is_filled_again(sender: Sender) -> None:
    """Weaker: only the id of the cluster is compared: it is the same for a topic that was deleted and made anew."""
    await sender.tell("a1 a2")
    assert await sender.send() == "sent"
    sender.post.prefix += "anew."
    await topics.provision(sender.post.brokers, sender.post.prefix, [ECHOES], 1)
    assert await sender.send() == "sent"
    assert await sender.post.read() == {"a": [1, 2]}


async def test_a_restored_database_is_noticed_on_another_cluster_too(sender: Sender) -> None:
    """Weaker: the look is left out where the offsets mean nothing."""
    await sender.lose("a1 a2", "a3")
    await sender.pool.execute(ELSEWHERE)
    await sender.tell("a3x")
    await sender.mend()
    assert await sender.took_effect() == ["a1", "a2", "a3", "a3x"]


async def test_what_was_found_lost_once_is_not_missed_when_the_topics_are_read_again(sender: Sender) -> None:
    """Weaker: `lost` is not asked by the look: it finds the same records unknown again, and nothing more is sent."""
    await sender.lose("a1 a2", "a3")
    await sender.mend()
    await sender.pool.execute(ELSEWHERE)
    await sender.tell("a4")
    assert await sender.send() == "sent"
    assert await sender.took_effect() == ["a1", "a2", "a3", "a4"]
