"""A record as Kafka gave it, and what it turned out to be once it was read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from shared.errors import FieldError
from shared.events import Event, Topic

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reading(StrEnum):
    """What a record turned out to be."""

    EVENT = "event"
    UNKNOWN = "unknown"
    """A type of ours that this release does not know, of a known major: advanced over and counted."""
    INVALID = "invalid"
    """It has its place (key and sequence, or source and id), but what it says can't be read."""
    UNPLACEABLE = "unplaceable"


@dataclass(frozen=True, slots=True)
class Record:
    """A record as Kafka (or a table that keeps it) gave it. `topic` is without the installation's prefix."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    value: bytes | None

    @property
    def size(self) -> int:
        """Bytes of all that somebody may have made long."""
        pairs = sum([len(name) + len(value or b"") for name, value in self.headers])
        return len(self.key or b"") + len(self.value or b"") + pairs


@dataclass(frozen=True, slots=True)
class Invalid:
    """A stranger's record that could be named but not read, for the service that answers strangers."""

    source: str
    id: str
    type: str
    problems: tuple[FieldError, ...]


@dataclass(slots=True, eq=False)
class Message:
    """A record, read. `key` and `sequence` place it on its stream; a stranger's place is (source, id)."""

    record: Record
    topic: Topic
    reading: Reading
    key: str = ""
    sequence: int = 0
    id: str = ""
    source: str = ""
    type: str = ""
    time: datetime = EPOCH
    correlation_id: str = ""
    traceparent: str | None = None
    event: Event | None = None
    reason: str = ""
    problems: tuple[FieldError, ...] = ()
    draining: bool = False
    start: int | None = None
    """Up to which offset its partition was read before it; None where that is not known."""

    @property
    def stream(self) -> str:
        """The stream it belongs to: a sender's topic."""
        return self.topic.name


def drained(message: Message) -> Message:
    """The same message, now taken from the parked ones."""
    return replace(message, draining=True)
