"""Reading a Kafka record as a CloudEvent, binary or structured. It never fails: what is wrong becomes a reason."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shared.events import TOPICS, TYPES, Kind
from shared.messaging.record.body import blame, read_event
from shared.messaging.record.envelope import LONGEST, STRUCTURED, Unreadable, attributes_of, headers_of, text
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
    message = Message(record, topic, Reading.UNPLACEABLE)
    try:
        attributes, data = attributes_of(record)
    except Unreadable as error:
        attributes, data, message.reason = headers_of(record), None, str(error)
    place = _place_stranger if topic.kind is Kind.STRANGER else _place
    problem = place(message, attributes)
    if problem:
        message.reason = message.reason or problem
        return message
    message.reading = Reading.INVALID
    if message.reason:
        blame(message, message.reason, "data")
    else:
        _read_body(message, attributes, data)
    return message


def unreadable(record: Record) -> Message:
    """A record of which the client library could read nothing but its place."""
    return Message(
        record, TOPICS[record.topic], Reading.UNPLACEABLE, reason="headers can't be read: a name is not UTF-8"
    )


def _place(message: Message, attributes: Mapping[str, Any]) -> str:
    """Key and sequence of one of our own events; the reason where they can't be read."""
    key = _key(message.record)
    if key is None:
        return "no readable key"
    number = text(attributes, "sequence")
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and int(number) > 0):
        return "no readable sequence"
    message.key, message.sequence = key, int(number)
    record = message.record
    message.id = text(attributes, "id") or f"without-id:{record.topic}/{record.partition}/{record.offset}"
    _describe(message, attributes)
    return ""


def _place_stranger(message: Message, attributes: Mapping[str, Any]) -> str:
    """Source and id of an outside event; the reason where one of the required attributes is missing."""
    message.id, message.source = text(attributes, "id"), text(attributes, "source")
    message.key = _key(message.record) or f"{message.source} {message.id}"
    _describe(message, attributes)
    return _missing(attributes)


def _missing(attributes: Mapping[str, Any]) -> str:
    missing = [name for name in ("id", "source") if not text(attributes, name)]
    unfit = f" that is a text of at most {LONGEST} bytes" if any(attributes.get(name) for name in missing) else ""
    return f"CloudEvent without {' and '.join(missing)}{unfit}" if missing else ""


def _key(record: Record) -> str | None:
    try:
        key = (record.key or b"").decode()
    except UnicodeDecodeError:
        return None
    return key if key and len(record.key or b"") <= LONGEST_KEY and "\0" not in key else None


def _describe(message: Message, attributes: Mapping[str, Any]) -> None:
    message.type, message.source = text(attributes, "type"), text(attributes, "source")
    message.correlation_id = text(attributes, "correlationid") or message.id
    message.traceparent = well_formed(text(attributes, "traceparent"))
    try:
        moment = datetime.fromisoformat(text(attributes, "time").upper())  # RFC 3339 allows t and z
        message.time = moment.astimezone(UTC) if moment.tzinfo else EPOCH
    except (ValueError, OverflowError):
        return


def _read_body(message: Message, attributes: Mapping[str, Any], data: Any) -> None:
    """Turn the body into its event, or say why it can't be."""
    missing = _missing(attributes)
    if missing:
        message.reason = missing
    elif text(attributes, "specversion") != "1.0":
        blame(message, "CloudEvents specversion 1.0 expected", "specversion")
    elif not message.type:
        blame(message, "CloudEvent without type", "type")
    elif message.type not in TYPES:
        known_major = message.type.rpartition(".")[2] == message.topic.name.rpartition(".")[2]
        if known_major and message.topic.kind is not Kind.STRANGER:  # who misspells a type waits for an answer
            message.reading = Reading.UNKNOWN
        blame(message, f"unknown {'type' if known_major else 'major'}", "type")  # unnamed: it may be any text
    elif TYPES[message.type].topic != message.topic:
        blame(message, f"{message.type} does not belong on {message.topic.name}", "type")
    else:
        read_event(message, TYPES[message.type], data)
