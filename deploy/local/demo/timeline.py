"""Follows the topics as an onlooker: prints what happens while it happens, and lets a scene wait for it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from uuid import UUID

from aiokafka import ConsumerRecord

from deploy.local.patience import patience
from deploy.testing.salor_testing.onlooker import PATIENCE, Onlooker
from shared.events import TOPICS, Event
from shared.events.complaints import COMPLAINTS, RECEIPTS, SERVICES, ServiceOverdue
from shared.events.directory import DIRECTORY
from shared.events.evaluation import EVALUATIONS
from shared.events.frontoffice import FRONTOFFICE
from shared.events.notifications import NOTIFICATIONS, NotificationAccepted
from shared.events.training import TRAININGS
from shared.messaging.record import Reading, Record, read

FOLLOWED = (FRONTOFFICE, COMPLAINTS, SERVICES, RECEIPTS, EVALUATIONS, TRAININGS, NOTIFICATIONS, DIRECTORY)
E = TypeVar("E", bound=Event)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as the onlooker met it: when, by whom, because of what, and how long after that."""

    event: Event
    id: str
    sender: str
    causation: str
    moment: float
    since_cause: float

    @property
    def name(self) -> str:
        """The fact's name."""
        return type(self.event).__name__


class Timeline:
    """All events of the followed topics from its start on, in the order in which they came."""

    def __init__(self, kafka: str, prefix: str, people: Mapping[UUID, str], say: Say) -> None:
        self.seen: list[Seen] = []
        self.quiet = False
        self._prefix, self._people, self._say = prefix, people, say
        self._moments: dict[str, float] = {}
        self._began = time.monotonic()
        self._onlooker = Onlooker(kafka, self._see)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[Self]:
        """Follow from the topics' ends as they are now."""
        async with self._onlooker.following({self._prefix + topic.name: topic.partitions for topic in FOLLOWED}):
            yield self

    def begin(self, title: str = "") -> None:
        """A submission leaves now: what it causes first is counted from here."""
        self._began = time.monotonic()
        if title:
            self._say(f"\n  {title}")

    def of(self, kind: type[E], **fields: object) -> list[E]:
        """The events of a type that came, with these field values."""
        return [one.event for one in self.seen if isinstance(one.event, kind) and _fits(one.event, fields)]

    async def one(self, kind: type[E], **fields: object) -> E:
        """The first event of a type with these field values; waits for it."""
        return (await self.several(1, kind, **fields))[0]

    async def several(self, count: int, kind: type[E], **fields: object) -> list[E]:
        """At least so many of them. Raises TimeoutError that says what did not come."""
        await self.until(lambda: len(self.of(kind, **fields)) >= count, f"{count} x {kind.__name__} {fields}")
        return self.of(kind, **fields)

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Until something holds of what was seen. Raises TimeoutError that says what did not come."""
        await self._onlooker.until(holds, what, patience(PATIENCE))

    def id_of(self, event: Event) -> str:
        """The CloudEvents id under which an event came."""
        return next(one.id for one in self.seen if one.event is event)

    def milliseconds(self, event: Event) -> float:
        """How long after the last submission an event came."""
        return 1000 * (next(one.moment for one in self.seen if one.event is event) - self._began)

    def summary(self) -> str:
        """How many of each fact came since the last submission."""
        counts = Counter(one.name for one in self.seen if one.moment >= self._began)
        return ", ".join(f"{count} {name}" for name, count in counts.items())

    def _see(self, record: ConsumerRecord) -> None:
        one = self._read(record)
        if one is None:
            return
        self.seen.append(one)
        if not self.quiet:
            self._say(self._line(one))

    def _read(self, record: ConsumerRecord) -> Seen | None:
        topic = record.topic.removeprefix(self._prefix)
        message = read(Record(topic, record.partition, record.offset, record.key, record.headers, record.value))
        if message.id in self._moments:
            return None  # sent again, as every listener has to expect
        self._moments[message.id] = moment = time.monotonic()
        if message.reading is not Reading.EVENT or message.event is None:
            return None
        causation = dict(record.headers).get("ce_causationid", b"").decode()
        since = moment - self._moments.get(causation, self._began)
        return Seen(message.event, message.id, TOPICS[topic].sender, causation, moment, since)

    def _line(self, one: Seen) -> str:
        what = "  ".join(part for part in (self._who(one.event), _detail(one.event)) if part)
        return f"  {1000 * one.since_cause:7.1f} ms  {one.sender:<14}{one.name:<22}{what}"

    def _who(self, event: Event) -> str:
        employee = getattr(event, "employee_id", None)
        return self._people.get(employee, "an officer whom the directory does not know") if employee else ""


def _fits(event: Event, fields: Mapping[str, object]) -> bool:
    return all(getattr(event, name) == value for name, value in fields.items())


def _detail(event: Any) -> str:
    """What is worth a word of an event, by the fields that it has."""
    if isinstance(event, NotificationAccepted):
        return f"{event.channel} to {event.audience}"
    if isinstance(event, ServiceOverdue):
        return f"deadline {event.deadline:%Y-%m-%d %H:%M}"
    named = ("category", "request_number", "outcome", "course")
    found = [str(value) for name in named if (value := getattr(event, name, None)) is not None]
    needs = [need.test for need in getattr(event, "needs", ())]
    scores = [f"{score.dimension} {score.score}" for score in getattr(event, "scores", ()) if score.score]
    problems = [f"{problem.field}: {problem.problem}" for problem in getattr(event, "problems", ())]
    return ", ".join([*found, *(f"need {test}" for test in needs), *scores, *problems])
