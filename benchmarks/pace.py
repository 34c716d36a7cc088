"""Open-loop load: each record is sent at its intended time, whatever became of those before it.

The client is librdkafka's, in threads: it costs the machine a tenth of what a Python client would.
"""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from threading import Event as Flag

from confluent_kafka import Consumer, Producer, TopicPartition

from deploy.local import wire

FLUSH_SECONDS = 60.0
SWITCH_SECONDS = 0.0005
"""Python's own 5 ms between two threads would be most of what is measured."""
NAP_SECONDS = 0.001
"""What is due within one goes out together, up to so much late: to wait more exactly is to spin on a core."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is sent, as bytes: made before the clock starts."""

    id: str
    topic: str
    key: bytes | None
    value: bytes
    headers: list[tuple[str, str | bytes | None]]


def record(letter: wire.Letter, prefix: str, *, keyed: bool) -> Record:
    """A letter as it goes on its topic."""
    key = letter.event.key.encode() if keyed else None
    headers: list[tuple[str, str | bytes | None]] = [*letter.headers()]
    return Record(letter.id, prefix + letter.event.topic.name, key, letter.event.model_dump_json().encode(), headers)


def evenly(count: int, rate: float, after: float = 0.0) -> list[float]:
    """When each of `count` is due, in seconds from the beginning."""
    return [after + n / rate for n in range(count)]


def together(dues: Sequence[float], seconds: float) -> list[float]:
    """What is due within so many seconds, all at their beginning: how a client sends that has much."""
    return [due - due % seconds for due in dues]


async def send(kafka: str, records: Sequence[Record], dues: Sequence[float]) -> dict[str, float]:
    """Send each when it is due; gives the intended moments (seconds since 1970) by id. All are acknowledged then."""
    began = time.time() + 0.1
    await asyncio.to_thread(_send, kafka, records, [began + due for due in dues])
    return {one.id: began + due for one, due in zip(records, dues, strict=True)}


def _send(kafka: str, records: Sequence[Record], moments: Sequence[float]) -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    to = Producer(
        {
            "bootstrap.servers": kafka,
            "acks": "all",
            "enable.idempotence": True,
            "linger.ms": 5,  # Kafka's own default: a request for each record would measure the broker alone
            "partitioner": "murmur2_random",  # as every other client of these topics
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    for one, moment in zip(records, moments, strict=True):
        if (early := moment - time.time()) > 0:
            to.poll(0)
            time.sleep(max(early, NAP_SECONDS))
        to.produce(one.topic, one.value, one.key, headers=one.headers)
    unsent = to.flush(FLUSH_SECONDS)
    assert unsent == 0, f"{unsent} records were not acknowledged within {FLUSH_SECONDS:.0f} s"


class Arrivals:
    """When each record of a topic could be read (seconds since 1970), by a header: the event that caused it."""

    def __init__(self, kafka: str, topic: str, starts: Mapping[int, int], header: str) -> None:
        self.at: dict[str, float] = {}
        self._header = header
        self._options = {"bootstrap.servers": kafka, "group.id": uuid.uuid4().hex, "enable.auto.commit": False}
        self._places = [TopicPartition(topic, n, start) for n, start in starts.items()]
        self._over = Flag()

    def watch(self) -> None:
        """Read until told to stop."""
        sys.setswitchinterval(SWITCH_SECONDS)
        consumer = Consumer({**self._options, "fetch.wait.max.ms": 20, "isolation.level": "read_uncommitted"})
        consumer.assign(self._places)
        while not self._over.is_set():
            found = consumer.poll(0.1)
            if found is not None and found.error() is None:
                name = dict(found.headers() or [])[self._header]
                self.at[name.decode() if isinstance(name, bytes) else str(name)] = time.time()
        consumer.close()

    def stop(self) -> None:
        """Let `watch` end."""
        self._over.set()


@asynccontextmanager
async def arrivals(
    kafka: str, topic: str, starts: Mapping[int, int], header: str = "ce_causationid"
) -> AsyncIterator[Arrivals]:
    """Watch a topic from an offset of each partition on."""
    watched = Arrivals(kafka, topic, starts, header)
    watching = asyncio.create_task(asyncio.to_thread(watched.watch))
    try:
        yield watched
    finally:
        watched.stop()
        await watching
