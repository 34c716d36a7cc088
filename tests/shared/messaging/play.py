"""Events that say themselves what their handler does, and a handler that a test can stop at any point of its work."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.events import Event, Kind, Topic
from shared.messaging.listens import Listens
from shared.messaging.record import Record
from shared.messaging.tx import Cause, Fact, Name, Tx

HISTORY = Topic("history.v1", sender="test")
STATES = Topic("states.v1", sender="test", kind=Kind.STATE)
LETTERS = Topic("letters.v1", sender="test", kind=Kind.STRANGER)
ECHOES = Topic("echoes.v1", sender="test", partitions=2)
NAMESPACE = UUID("6f0d7c1e-5a3b-4c58-9c6e-2f8a1b7d9e01")
BEGINNING = datetime(2026, 3, 2, 8, tzinfo=UTC)

TABLES = """CREATE TABLE trail (name text PRIMARY KEY, labels text[] NOT NULL);
CREATE TABLE fact (name text PRIMARY KEY);"""
KNOWN = "SELECT name FROM fact WHERE name = ANY($1::text[])"
LEARN = "INSERT INTO fact SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
TRAILS = "SELECT name, labels FROM trail WHERE name = ANY($1::text[])"
WRITE = """INSERT INTO trail SELECT t.name, string_to_array(t.labels, ' ')
FROM unnest($1::text[], $2::text[]) AS t(name, labels) ON CONFLICT (name) DO UPDATE SET labels = excluded.labels"""


class _Scripted(Event, topic=HISTORY, key="{subject}"):
    """`label` is written into the trail of `subject` and of each name; it waits for the fact `needs`."""

    subject: str
    label: str
    names: tuple[str, ...] = ()
    needs: str = ""
    is_fact: bool = False
    tells: tuple[str, ...] = ()


class Happened(_Scripted, topic=HISTORY, key="{subject}"):
    """A chain's event."""


class Stated(_Scripted, topic=STATES, key="{subject}"):
    """A state; its version is its sequence."""


class Written(_Scripted, topic=LETTERS, key="{subject}"):
    """A stranger's event."""


class Echoed(Event, topic=ECHOES, key="{subject}"):
    """What the handler tells: the label of the cause, under a subject of its choice."""

    subject: str
    label: str


EVENTS = (Happened, Stated, Written, Echoed)


class Poisoned(Exception):
    """The handler can't bear this label."""


class Gate:
    """A point at which the handler stops until the test opens it."""

    def __init__(self) -> None:
        self._reached, self._opened = asyncio.Event(), asyncio.Event()

    async def arrived(self) -> None:
        await asyncio.wait_for(self._reached.wait(), 10)

    def open(self) -> None:
        self._opened.set()

    async def stop(self) -> None:
        self._reached.set()
        await asyncio.wait_for(self._opened.wait(), 20)


@dataclass
class Play:
    """The handler. Everything is read in one statement and written in another, so lost updates would show."""

    gates: dict[tuple[str, int], Gate] = field(default_factory=dict)
    passed: Counter[str] = field(default_factory=Counter)
    poison: set[str] = field(default_factory=set)
    calls: list[list[str]] = field(default_factory=list)
    connection: Any = None

    @property
    def listens(self) -> Listens:
        listens = Listens()
        listens.to(Happened, Stated, Written, locks=names_of)(self.act)
        return listens

    def gate(self, point: str, nth: int = 1) -> Gate:
        """Stop the handler at a point (`"a1 before"` reading, `"a1 read"`), at its nth passing from the start."""
        return self.gates.setdefault((point, nth), Gate())

    def tries(self, label: str) -> int:
        """How often the handler was called with this label, committed or not."""
        return sum(label in call for call in self.calls)

    async def act(self, tx: Tx, causes: Sequence[Cause[Any]]) -> None:
        self.calls.append([cause.body.label for cause in causes])
        self.connection = tx.connection
        for cause in causes:
            await self.stop(cause.body.label, "before")
        known = {row["name"] for row in await tx.fetch(KNOWN, [cause.body.needs for cause in causes])}
        touched = sorted({name for cause in causes for name in _touched(cause)})
        trails = {row["name"]: list(row["labels"]) for row in await tx.fetch(TRAILS, touched)}
        for cause in causes:
            await self.stop(cause.body.label, "read")
        for cause in causes:
            if cause.body.label in self.poison:
                raise Poisoned(cause.body.label)
            if cause.body.needs and cause.body.needs not in known:
                tx.lack(cause, Fact(cause.body.topic.name, cause.body.needs))
            else:
                _apply(tx, cause, trails)
        await tx.execute(WRITE, list(trails), [" ".join(labels) for labels in trails.values()])
        facts = [c.body.subject for c in causes if c.body.is_fact and c.order not in tx.lacking]
        await tx.execute(LEARN, sorted(facts))

    async def stop(self, label: str, where: str) -> None:
        """Wait here if a gate is shut."""
        point = f"{label} {where}"
        self.passed[point] += 1
        gate = self.gates.get((point, self.passed[point]))
        if gate is not None:
            await gate.stop()


def names_of(event: Any) -> list[Name]:
    """The names that an event asks for."""
    return [("name", name) for name in event.names]


def _touched(cause: Cause[Any]) -> list[str]:
    return [f"{cause.body.topic.name} {cause.body.subject}", *cause.body.names]


def _apply(tx: Tx, cause: Cause[Any], trails: dict[str, list[str]]) -> None:
    for name in _touched(cause):
        trails.setdefault(name, []).append(cause.body.label)
    for subject in cause.body.tells:
        tx.tell(Echoed(subject=subject, label=cause.body.label), cause=cause)


def record(
    event: Event, sequence: int = 0, *, other: str = "", partition: int = 0, offset: int = 0, value: bytes | None = None
) -> Record:
    """An event's record; its id and time follow from what it is (`other` gives it another id)."""
    event_id = uuid5(NAMESPACE, f"{event.type} {event.key} {sequence} {event.model_dump_json()} {other}")
    texts = {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_source": "urn:test",
        "ce_type": event.type,
        "ce_time": (BEGINNING + timedelta(minutes=sequence)).isoformat(),
        "ce_sequence": str(sequence),
        "content-type": "application/json",
    }
    headers = [(name, text.encode()) for name, text in texts.items()]
    body = event.model_dump_json().encode() if value is None else value
    return Record(event.topic.name, partition, offset, event.key.encode(), headers, body)


def named(one: Record, **names: str) -> Record:
    """The same record with other attributes."""
    changed = {f"ce_{name}": value.encode() for name, value in names.items()}
    return replace(one, headers=list({**dict(one.headers), **changed}.items()))


def happened(label: str, **script: Any) -> Record:
    """`happened("a2")` is the second event of key a."""
    options = {name: script.pop(name) for name in ("other", "partition", "offset", "value") if name in script}
    sequence = int(label[1:])
    return record(Happened(subject=label[0], label=label + options.get("other", ""), **script), sequence, **options)


def several(labels: str, **script: Any) -> list[Record]:
    """Records of several labels: `several("a1 a2 b1")`."""
    return [happened(label, **script) for label in labels.split()]


def sequences(records: Iterable[Record]) -> list[tuple[bytes | None, bytes | None]]:
    return [(record.key, dict(record.headers)["ce_sequence"]) for record in records]
