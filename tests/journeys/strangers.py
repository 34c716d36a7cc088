"""Sending as strangers do: messages as the official CloudEvents SDK makes them, with a client that is not ours."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from cloudevents.kafka import KafkaMessage
from confluent_kafka import Message, Producer

SEND_SECONDS = 30.0


async def send(
    kafka: str, topic: str, messages: Sequence[KafkaMessage], compressed: str = "none"
) -> list[tuple[int, int]]:
    """Send until all are acknowledged; gives where each lies: (partition, offset)."""
    producer = Producer({"bootstrap.servers": kafka, "compression.type": compressed})
    places: dict[int, tuple[int, int]] = {}
    for n, message in enumerate(messages):
        noted = partial(_note, places, n)
        producer.produce(topic, message.value, message.key, headers=[*message.headers.items()], on_delivery=noted)
    await asyncio.to_thread(producer.flush, SEND_SECONDS)
    return [places[n] for n in range(len(messages))]


def _note(places: dict[int, tuple[int, int]], n: int, error: object, message: Message) -> None:
    assert error is None, error
    places[n] = int(message.partition() or 0), int(message.offset() or 0)
