"""What the broker or its client refuses: the relay takes a new producer and goes on, and says what a person must do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    KafkaConnectionError,
    NotEnoughReplicasError,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    TopicAuthorizationFailedError,
)

from shared.messaging.brokers import Brokers
from shared.messaging.relay.send import producer_to
from tests.shared.messaging.lives import Sender
from tests.shared.messaging.play import ECHOES
from tests.shared.messaging.post import Post, effects
from tests.until import until

FAILURES = {
    "a partition without enough replicas": NotEnoughReplicasError(),
    "a lost connection": KafkaConnectionError(),
    "a hole in the producer's numbers": OutOfOrderSequenceNumber(),
    "a fenced producer": ProducerFenced(),
    "no right to write": TopicAuthorizationFailedError("echoes.v1"),
    "a mistake in the client": RuntimeError(),
    "a cancellation of its own": asyncio.CancelledError(),
    "no answer at all": None,
}


class Failing:
    """A real producer whose first acknowledgements fail, or never come (None)."""

    def __init__(self, producer: AIOKafkaProducer, failure: BaseException | None) -> None:
        self._producer, self._failure = producer, failure

    def __getattr__(self, name: str) -> Any:
        return getattr(self._producer, name)

    async def send_batch(self, *arguments: Any, **options: Any) -> asyncio.Future[Any]:
        await self._producer.send_batch(*arguments, **options)
        outcome: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if isinstance(self._failure, asyncio.CancelledError):
            outcome.cancel()
        elif self._failure is not None:
            outcome.set_exception(self._failure)
        return outcome


def failing_first(failure: BaseException | None) -> Callable[[Brokers], Any]:
    failures = [failure]
    return lambda to: Failing(producer_to(to), failures.pop()) if failures else producer_to(to)


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
async def test_whatever_a_producer_fails_with_a_new_one_sends_again(
    post: Post, monkeypatch: pytest.MonkeyPatch, failure: BaseException | None
) -> None:
    """Weaker: a producer that is broken for good is kept; an error nobody expects ends the relay; no deadline."""
    monkeypatch.setattr("shared.messaging.relay.loop.producer_to", failing_first(failure))
    post.seconds = 0.6 if failure is None else 5.0
    sender, relay = Sender(post), post.relay()
    await sender.tell("a1 a2 b1")
    task = post.world.start(relay.run())
    # Once by the first producer, whose acknowledgements were lost, and once by the next.
    await until(lambda: _holds(post, 6), 20)
    assert effects(await post.records()) == {"a": ["a1", "a2"], "b": ["b1"]}
    assert not task.done()
    await until(lambda: relay.state == "relaying", 20)
    assert relay.wrong == ""


async def test_a_record_that_the_topic_does_not_take_is_said_and_sent_once_it_does(post: Post) -> None:
    """Weaker: the relay starts again for ever, and nobody knows why."""
    await _limit(post, 1_000)
    sender, relay = Sender(post), post.relay()
    await sender.tell("a" + "1" * 5_000)
    post.world.start(relay.run())
    await until(lambda: "max.message.bytes" in relay.wrong, 20)
    await _limit(post, 2**20)
    await until(lambda: _holds(post, 1), 20)
    await until(lambda: relay.wrong == "", 20)


async def test_no_right_to_write_is_said(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weaker: it looks like any other failure that waiting mends."""
    failure = TopicAuthorizationFailedError("echoes.v1")
    monkeypatch.setattr("shared.messaging.relay.loop.producer_to", lambda to: Failing(producer_to(to), failure))
    relay = post.relay()
    await Sender(post).tell("a1")
    post.world.start(relay.run())
    await until(lambda: "grant the user" in relay.wrong, 20)


async def _holds(post: Post, count: int) -> bool:
    return len(await post.records()) >= count


async def _limit(post: Post, size: int) -> None:
    admin = AIOKafkaAdminClient(**post.brokers.options)
    await admin.start()
    try:
        configs = {"max.message.bytes": str(size)}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, post.prefix + ECHOES.name, configs)])
    finally:
        await admin.close()
