"""An onlooker of Kafka: follows topics from now on, reads CloudEvents, and lets somebody wait for what should come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

PATIENCE = 30.0


class Onlooker:
    """Hands each record that comes to `see`, and then asks anew what somebody waits for."""

    def __init__(self, kafka: str, see: Callable[[ConsumerRecord], None]) -> None:
        self._see = see
        self._news = asyncio.Condition()
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=[kafka], auto_offset_reset="earliest", fetch_max_wait_ms=20, enable_auto_commit=False
        )

    @asynccontextmanager
    async def following(self, topics: Mapping[str, int]) -> AsyncIterator[Self]:
        """Follow topics, each with its number of partitions, from their ends as they are now."""
        try:
            await self._consumer.start()
            places = [TopicPartition(topic, n) for topic, partitions in topics.items() for n in range(partitions)]
            self._consumer.assign(places)
            for place, end in (await self._consumer.end_offsets(places)).items():
                self._consumer.seek(place, end)
            task = asyncio.create_task(self._follow())
            try:
                yield self
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        finally:
            await self._consumer.stop()

    async def until(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Until something holds of what was seen. Raises TimeoutError that says what did not come."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(holds)
        except TimeoutError:
            raise TimeoutError(f"not seen within {seconds:g} s: {what}") from None

    async def _follow(self) -> None:
        async for record in self._consumer:
            async with self._news:
                self._see(record)
                self._news.notify_all()


@dataclass(frozen=True, slots=True)
class Event:
    """A CloudEvent of a topic: its attributes (`id`, `source`, `type`, ...) and its JSON."""

    topic: str
    attributes: Mapping[str, str]
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """`ComplaintFiled` of the type `id.go.salor.complaints.ComplaintFiled.v1`."""
        return self.attributes.get("type", "").split(".")[-2:][0]


def read(record: ConsumerRecord) -> Event | None:
    """The CloudEvent of a record in either form of the Kafka binding; None where there is none with a JSON object."""
    try:
        headers = {name.lower(): (value or b"").decode() for name, value in record.headers}
        body = json.loads(record.value or b"null")
        if headers.get("content-type", "").startswith("application/cloudevents+json"):
            data = body.pop("data", None)
            attributes = {name: str(value) for name, value in body.items()}
        else:
            data = body
            attributes = {name[3:]: value for name, value in headers.items() if name.startswith("ce_")}
    except (ValueError, AttributeError):
        return None
    return Event(record.topic, attributes, data) if isinstance(data, dict) else None
