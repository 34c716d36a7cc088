"""A running Salor as a test of an integrator meets it: submissions go in, events come out."""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Self

from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from .onlooker import PATIENCE, Event, Onlooker, read

ADDRESS = re.compile(r"\S+:\d{1,5}")
SUBMISSIONS = "frontoffice.v1"
ANSWERS = ("SubmissionAccepted", "SubmissionRefused")


class Services(dict[str, str]):
    """The addresses of services by their names, as far as the environment has them."""

    def __missing__(self, name: str) -> str:
        raise LookupError(f"SALOR_SERVICES has no {name}: add {name}=http://HOST:PORT, as `make up` prints it")


class Salor:
    """Reached under `addresses`: SALOR_KAFKA (host:port), and as far as there are any SALOR_SERVICES
    (`complaints=http://...,...`) and SALOR_TOPIC_PREFIX, which goes before the topics' names.

    `source` is this test's own, so that it meets no other's answers; `seen` is what came, in the order in which it did,
    without what came again: Salor may send an event twice, under the same source and id. Raises ValueError where
    SALOR_KAFKA is no address.
    """

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self.kafka = _address(addresses.get("SALOR_KAFKA", ""))
        self.prefix = addresses.get("SALOR_TOPIC_PREFIX", "")
        self.services = Services(re.findall(r"(\w+)=([^,\s]+)", addresses.get("SALOR_SERVICES", "")))
        self.source = f"urn:test:{uuid.uuid4()}"
        self.seen: list[Event] = []
        self._known: set[tuple[str | None, str | None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Follow its topics from now on. Raises ConnectionError, or LookupError where the broker has none."""
        topics = await self._topics()
        self._onlooker = Onlooker(self.kafka, self._see)
        self._producer = AIOKafkaProducer(bootstrap_servers=[self.kafka], acks="all", enable_idempotence=True)
        try:
            await self._producer.start()
            async with self._onlooker.following(topics):
                yield self
        finally:
            await self._producer.stop()

    def topic(self, name: str) -> str:
        """A topic's name on this broker: `salor.topic("frontoffice.v1")`."""
        return self.prefix + name

    async def submit(self, event: Mapping[str, Any], *, structured: bool = False) -> str:
        """Send a CloudEvent, given as in its JSON form, to `frontoffice.v1`; gives its id.

        `specversion`, `id`, `source`, `time` and `datacontenttype` are filled in where they are left out.
        """
        full = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": self.source,
            "time": datetime.now(UTC).isoformat(),
            "datacontenttype": "application/json",
            **event,
        }
        body, headers = _structured(full) if structured else _binary(full)
        await self._producer.send_and_wait(self.topic(SUBMISSIONS), body, headers=headers)
        return str(full["id"])

    async def answer(self, submission: str, *, source: str | None = None, seconds: float = PATIENCE) -> Event:
        """The answer to a submission of this test's source, or of another, such as your own system's.

        Accepted: `data["complaint_id"]`; refused: `data["problems"]`. Raises TimeoutError.
        """
        return await self.event(*ANSWERS, source=source or self.source, submission=submission, seconds=seconds)

    async def event(self, *names: str, seconds: float = PATIENCE, **fields: object) -> Event:
        """The first event of one of these names with these values in its fields, as JSON has them; waits for it.

        It may have come before, since this test began. Raises TimeoutError: what did not come, and what came instead.
        """
        try:
            what = f"{' or '.join(names)} {fields}"
            await self._onlooker.until(lambda: bool(self.of(*names, **fields)), what, seconds)
        except TimeoutError as error:
            counts = Counter(one.name for one in self.seen)
            came = ", ".join(f"{count} {name}" for name, count in counts.items())
            raise TimeoutError(f"{error}; came instead: {came or 'nothing'}") from None
        return self.of(*names, **fields)[0]

    def of(self, *names: str, **fields: object) -> list[Event]:
        """The events of these names that came, with these values in their fields."""
        return [one for one in self.seen if one.name in names and _fits(one.data, fields)]

    def _see(self, record: ConsumerRecord) -> None:
        event = read(record)
        if event is None:
            return
        name = event.attributes.get("source"), event.attributes.get("id")
        if name not in self._known:
            self._known.add(name)
            self.seen.append(event)

    async def _topics(self) -> dict[str, int]:
        """The topics of this Salor and how many partitions each has."""
        admin = AIOKafkaAdminClient(bootstrap_servers=[self.kafka])
        try:
            await admin.start()
            described = await admin.describe_topics()
        except KafkaError as error:
            raise ConnectionError(f"Kafka does not answer at {self.kafka}: does Salor run there?") from error
        finally:
            await admin.close()
        ours = re.compile(re.escape(self.prefix) + r"[a-z]+\.v\d+")
        topics = {one["topic"]: len(one["partitions"]) for one in described if ours.fullmatch(one["topic"])}
        if self.topic(SUBMISSIONS) not in topics:
            raise LookupError(f"{self.kafka} has no topic {self.topic(SUBMISSIONS)}: is it Salor's, and does it run?")
        return topics


def _address(given: str) -> str:
    if not ADDRESS.fullmatch(given):
        found = f"is {given!r}, which is no address" if given else "is missing"
        raise ValueError(f"SALOR_KAFKA {found}: set it to Kafka's host:port (127.0.0.1:9092), as `make up` prints it")
    return given


def _fits(data: Mapping[str, Any], fields: Mapping[str, object]) -> bool:
    return all(data.get(name) == value for name, value in fields.items())


def _binary(event: Mapping[str, Any]) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Kafka's binary form: the attributes as headers, the data as the body."""
    named = {f"ce_{name}": value for name, value in event.items() if name not in ("data", "datacontenttype")}
    named["content-type"] = event["datacontenttype"]
    return json.dumps(event.get("data")).encode(), [(name, str(value).encode()) for name, value in named.items()]


def _structured(event: Mapping[str, Any]) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Kafka's structured form: the whole event as the body."""
    return json.dumps(event).encode(), [("content-type", b"application/cloudevents+json")]
