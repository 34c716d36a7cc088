"""Going on after a restore from the command line, on a real broker."""

from __future__ import annotations

from shared.messaging import topics
from tests.shared.messaging.conftest import post
from tests.shared.messaging.lives import Sender
from tests.shared.messaging.play import HISTORY
from tests.shared.messaging.post import Post
from tests.shared.operator.conftest import Counter, Salor

__all__ = ["post"]


async def test_a_restored_service_is_raised_by_its_operator_and_raising_twice_changes_nothing(
    post: Post, counter: Counter, salor: Salor
) -> None:
    """Weaker: the runbook names a command that no service answers."""
    sender = Sender(post)
    await topics.provision(post.brokers, post.prefix, [HISTORY], 1)
    counter.app.settings = counter.app.settings.model_copy(update={"topic_prefix": post.prefix})
    counter.app.brokers = post.brokers
    await sender.lose("a1", "a2")
    assert await sender.send() == "restored"
    code, said, _ = await salor("reconcile", "--raise", "play", "-m", "restored from the backup of last night")
    assert (code, said.split(",")[0]) == (0, "play: 1 events found lost")
    code, said, _ = await salor("reconcile", "--raise", "play")
    assert (code, "nothing was changed" in said) == (0, True)
    await sender.tell("a3")
    assert await sender.send() == "sent"
    assert await sender.took_effect() == ["a1", "a2", "a3"]
    assert [one["reason"] for one in (await counter.show("/actions"))["items"]][-1].startswith("restored from")
