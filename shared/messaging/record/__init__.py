"""Reading a Kafka record as a CloudEvent, binary or structured. It never fails: what is wrong becomes a reason."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.events import TOPICS, TYPES, Kind
from shared.events.base import LARGEST_RECORD
from shared.messaging.record.body import blame, read_event
from shared.messaging.record.envelope import LONGEST, STRUCTURED, Attributes, Unreadable, attributes_of, headers_of
from shared.messaging.record.message import EPOCH, Invalid, Message, Reading, Record, drained
from shared.telemetry.traces import well_formed

__all__ = [
    "EPOCH",
    "LONGEST",
    "LONGEST_KEY",
    "STRUCTURED",
    "Invalid",
    "Message",
    "Reading",
    "Record",
    "drained",
    "read",
    "unreadable",
]

LONGEST_KEY = 2 * LONGEST + 1
"""Bytes of a key (a receipt's is source and id). An index takes rows of 2,704: topic (249), key, sequence, id fit."""


def read(record: Record) -> Message:
    """Read a record. Never raises; `reading` and `reason` say what it is."""
    topic = TOPICS[record.topic]
    if record.size > LARGEST_RECORD:
        return _too_large(record)
    message = Message(record, topic, Reading.UNPLACEABLE)
    try:
        attributes, data = attributes_of(record)
    except Unreadable as error:
        attributes, data, message.reason = headers_of(record), None, str(error)
    if not _placed(message, attributes):
        return message
    if message.reason:
        blame(message, message.reason, "data")
    else:
        _read_body(message, attributes, data)
    return message


def _too_large(record: Record) -> Message:
    """The topic's limit is on what goes over the wire: a few packed kilobytes may be a gigabyte, which nobody keeps.

    It is placed by what is short enough to be a name.
    """
    reason = f"has {record.size:,} bytes once unpacked: at most {LARGEST_RECORD:,} are read, and none are kept"
    names = [(name, value) for name, value in record.headers if len(name) + len(value or b"") <= LONGEST]
    kept = replace(record, key=(record.key or b"")[: LONGEST_KEY + 1], headers=names[:LONGEST], value=None)
    message = Message(kept, TOPICS[record.topic], Reading.UNPLACEABLE, reason=reason)
    if _placed(message, headers_of(kept)):
        blame(message, reason, "data")
    return message


def _placed(message: Message, attributes: Attributes) -> bool:
    """Whether it has a place, so that only what it says may be wrong; else the reason is given."""
    place = _place_stranger if message.topic.kind is Kind.STRANGER else _place
    problem = place(message, attributes)
    message.reason = message.reason or problem
    message.reading = Reading.UNPLACEABLE if problem else Reading.INVALID
    return not problem


def unreadable(record: Record) -> Message:
    """A record of which the client library could read nothing but its place."""
    return Message(
        record, TOPICS[record.topic], Reading.UNPLACEABLE, reason="headers can't be read: a name is not UTF-8"
    )


def _place(message: Message, attributes: Attributes) -> str:
    """Key and sequence of one of our own events; the reason where they can't be read."""
    key = _key(message.record)
    if key is None:
        return "no readable key"
    number = attributes.text("sequence")
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and int(number) > 0):
        return "no readable sequence"
    message.key, message.sequence = key, int(number)
    record = message.record
    message.id = attributes.text("id") or f"without-id:{record.topic}/{record.partition}/{record.offset}"
    _describe(message, attributes)
    return ""


def _place_stranger(message: Message, attributes: Attributes) -> str:
    """Source and id of an outside event; the reason where one of the required attributes is missing."""
    message.id, message.source = attributes.text("id"), attributes.text("source")
    message.key = _key(message.record) or f"{message.source} {message.id}"
    _describe(message, attributes)
    return attributes.lacks("id", "source")


def _key(record: Record) -> str | None:
    try:
        key = (record.key or b"").decode()
    except UnicodeDecodeError:
        return None
    return key if key and len(record.key or b"") <= LONGEST_KEY and "\0" not in key else None


def _describe(message: Message, attributes: Attributes) -> None:
    message.type, message.source = attributes.text("type"), attributes.text("source")
    message.correlation_id = attributes.text("correlationid") or message.id
    message.traceparent = well_formed(attributes.text("traceparent"))
    try:
        moment = datetime.fromisoformat(attributes.text("time").upper())  # RFC 3339 allows t and z
        message.time = moment.astimezone(UTC) if moment.tzinfo else EPOCH
    except (ValueError, OverflowError):
        return


def _read_body(message: Message, attributes: Attributes, data: Any) -> None:
    """Turn the body into its event, or say why it can't be."""
    if nameless := attributes.lacks("id", "source"):
        message.reason = nameless
    elif lacking := attributes.lacks("specversion"):
        blame(message, lacking, "specversion")
    elif attributes.text("specversion") != "1.0":
        blame(message, "CloudEvents specversion 1.0 expected", "specversion")
    elif lacking := attributes.lacks("type"):
        blame(message, lacking, "type")
    elif message.type not in TYPES:
        _read_other(message)
    elif TYPES[message.type].topic.name != message.topic.name:
        blame(message, f"{message.type} does not belong on {message.topic.name}", "type")
    else:
        read_event(message, TYPES[message.type], data)


def _read_other(message: Message) -> None:
    """Say what is wrong with a type that is none of ours, without naming it: it may be any text.

    A service of ours tells it only where it is of a later release. Who misspells one outside waits for an answer.
    """
    name, _, major = message.type.rpartition(".")
    if message.type != message.type.strip():
        blame(message, "blanks around the type", "type")
        return
    if major == message.topic.name.rpartition(".")[2] and message.topic.kind is not Kind.STRANGER:
        message.reading = Reading.UNKNOWN
    known = any(kind.rpartition(".")[0] == name for kind in TYPES)
    blame(message, f"unknown {'major' if known else 'type'}", "type")
