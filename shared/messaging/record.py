"""Reading a Kafka record as a CloudEvent, binary or structured. It never fails: what is wrong becomes a reason."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from shared import null_characters
from shared.errors import FieldError
from shared.events import TOPICS, TYPES, Event, Kind, Topic
from shared.telemetry.traces import well_formed
from shared.wording import mistakes

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch"
ATTRIBUTES = ("id", "source", "type", "specversion", "time", "subject", "sequence", "correlationid", "causationid")
NO_NUMBERS = (b"NaN", b"Infinity")
LONGEST = 500
"""Bytes (UTF-8) of an id or a source; more is not a name."""
LONGEST_KEY = 2 * LONGEST + 1
"""Bytes of a key (a receipt's is source and id). An index takes rows of 2,704: topic (249), key, sequence, id fit."""
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


class _Unreadable(Exception):
    """Why a record could not be read; its text is the reason."""


def read(record: Record) -> Message:
    """Read a record. Never raises; `reading` and `reason` say what it is."""
    topic = TOPICS[record.topic]
    message = Message(record, topic, Reading.UNPLACEABLE)
    try:
        attributes, data = _attributes(record)
    except _Unreadable as error:
        attributes, data, message.reason = _headers(record), None, str(error)
    place = _place_stranger if topic.kind is Kind.STRANGER else _place
    problem = place(message, attributes)
    if problem:
        message.reason = message.reason or problem
        return message
    message.reading = Reading.INVALID
    if message.reason:
        _blame(message, "data", message.reason)
    else:
        _read_body(message, attributes, data)
    return message


def unreadable(record: Record) -> Message:
    """A record of which the client library could read nothing but its place."""
    return Message(
        record, TOPICS[record.topic], Reading.UNPLACEABLE, reason="headers can't be read: a name is not UTF-8"
    )


def _headers(record: Record) -> dict[str, str]:
    """The event's attributes among the readable headers, by lower-case name; others' headers are not ours."""
    found: dict[str, str] = {}
    for name, value in record.headers:
        try:
            found[name.lower()] = (value or b"").decode()
        except UnicodeDecodeError:
            continue
    plain = {name: found[name] for name in ("content-type", "traceparent") if name in found}
    return plain | {name.removeprefix("ce_"): value for name, value in found.items() if name.startswith("ce_")}


def _attributes(record: Record) -> tuple[Mapping[str, Any], Any]:
    headers = _headers(record)
    content_type = headers.get("content-type", "").lower()
    if content_type.startswith(BATCHED):
        raise _Unreadable("a CloudEvents batch: send one event a record")
    if not content_type.startswith(STRUCTURED) and not _looks_structured(record, headers):
        return headers, record.value
    try:
        envelope = from_json(record.value or b"", allow_inf_nan=False)
    except ValueError as error:
        raise _Unreadable("not a JSON document") from error
    if not isinstance(envelope, dict):
        raise _Unreadable("not a CloudEvent: a JSON object was expected")
    texts = {name: envelope[name] for name in (*ATTRIBUTES, "traceparent") if isinstance(envelope.get(name), str)}
    return {"traceparent": headers.get("traceparent", ""), **texts}, _data(envelope)


def _data(envelope: Mapping[str, Any]) -> Any:
    """The body of a structured event, or why it has none; the SDKs put one that is bytes into `data_base64`."""
    encoded = envelope.get("data_base64")
    if not isinstance(encoded, str):
        return envelope.get("data")
    if envelope.get("data") is not None:
        return _Unreadable("data and data_base64: one of them was expected")
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return _Unreadable("data_base64: not Base64")


def _looks_structured(record: Record, headers: Mapping[str, str]) -> bool:
    """The Python SDK sends the structured form under the content type of its data, or under none."""
    return "specversion" not in headers and b'"specversion"' in (record.value or b"")


def _text(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes.get(name, "")
    return value if isinstance(value, str) and len(value.encode()) <= LONGEST and "\0" not in value else ""


def _place(message: Message, attributes: Mapping[str, Any]) -> str:
    """Key and sequence of one of our own events; the reason where they can't be read."""
    key = _key(message.record)
    if key is None:
        return "no readable key"
    number = _text(attributes, "sequence")
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and int(number) > 0):
        return "no readable sequence"
    message.key, message.sequence = key, int(number)
    record = message.record
    message.id = _text(attributes, "id") or f"without-id:{record.topic}/{record.partition}/{record.offset}"
    _describe(message, attributes)
    return ""


def _place_stranger(message: Message, attributes: Mapping[str, Any]) -> str:
    """Source and id of an outside event; the reason where one of the required attributes is missing."""
    message.id, message.source = _text(attributes, "id"), _text(attributes, "source")
    message.key = _key(message.record) or f"{message.source} {message.id}"
    _describe(message, attributes)
    return _missing(attributes)


def _missing(attributes: Mapping[str, Any]) -> str:
    missing = [name for name in ("id", "source") if not _text(attributes, name)]
    unfit = f" that is a text of at most {LONGEST} bytes" if any(attributes.get(name) for name in missing) else ""
    return f"CloudEvent without {' and '.join(missing)}{unfit}" if missing else ""


def _key(record: Record) -> str | None:
    try:
        key = (record.key or b"").decode()
    except UnicodeDecodeError:
        return None
    return key if key and len(record.key or b"") <= LONGEST_KEY and "\0" not in key else None


def _describe(message: Message, attributes: Mapping[str, Any]) -> None:
    message.type, message.source = _text(attributes, "type"), _text(attributes, "source")
    message.correlation_id = _text(attributes, "correlationid") or message.id
    message.traceparent = well_formed(_text(attributes, "traceparent"))
    try:
        moment = datetime.fromisoformat(_text(attributes, "time").upper())  # RFC 3339 allows t and z
        message.time = moment.astimezone(UTC) if moment.tzinfo else EPOCH
    except (ValueError, OverflowError):
        return


def _blame(message: Message, field: str, reason: str) -> None:
    """The one attribute (or `data`) for which a record can't be read."""
    message.reason, message.problems = reason, (FieldError(field, reason),)


def _read_body(message: Message, attributes: Mapping[str, Any], data: Any) -> None:
    """Turn the body into its event, or say why it can't be."""
    missing = _missing(attributes)
    if missing:
        message.reason = missing
    elif _text(attributes, "specversion") != "1.0":
        _blame(message, "specversion", "CloudEvents specversion 1.0 expected")
    elif not message.type:
        _blame(message, "type", "CloudEvent without type")
    elif message.type not in TYPES:
        known_major = message.type.rpartition(".")[2] == message.topic.name.rpartition(".")[2]
        if known_major and message.topic.kind is not Kind.STRANGER:  # who misspells a type waits for an answer
            message.reading = Reading.UNKNOWN
        _blame(message, "type", f"unknown {'type' if known_major else 'major'}")  # unnamed: it may be any text
    elif TYPES[message.type].topic != message.topic:
        _blame(message, "type", f"{message.type} does not belong on {message.topic.name}")
    else:
        _read_event(message, TYPES[message.type], data)


def _read_event(message: Message, kind: type[Event], data: Any) -> None:
    try:
        _refuse_null_characters(message.record, data)
        _refuse_no_numbers(data)
        event = kind.model_validate_json(data) if isinstance(data, bytes) else kind.model_validate(_checked(data))
        _refuse_other_key(message, event)
        message.event, message.reading = event, Reading.EVENT
    except ValidationError as error:
        message.problems = mistakes(error.errors(include_input=False, include_url=False), whole="data")
        message.reason = "; ".join(f"{p.field} {p.problem}" for p in message.problems)[:LONGEST]
    except _Unreadable as error:
        _blame(message, "data", str(error))


def _checked(data: Any) -> Any:
    """A structured body, read strictly as JSON would be: times and ids as text."""
    if isinstance(data, _Unreadable):
        raise data
    if not isinstance(data, dict):
        raise _Unreadable("a JSON object was expected")
    return data


def _refuse_other_key(message: Message, event: Event) -> None:
    """Under another's key it would take its turn among the other's events, and its own would not wait for it."""
    if message.topic.kind is not Kind.STRANGER and message.key != event.key:
        raise _Unreadable(f"the record's key is not the body's {event.key_template}")


def _refuse_null_characters(record: Record, data: Any) -> None:
    """A bare one is no JSON."""
    if null_characters.ESCAPED not in (data if isinstance(data, bytes) else record.value or b""):
        return
    try:
        value = from_json(data) if isinstance(data, bytes) else data
    except ValueError:
        return  # the model says what is wrong
    if next(null_characters.paths(value), None) is not None:
        raise _Unreadable("null characters are not text")


def _refuse_no_numbers(data: Any) -> None:
    """NaN and Infinity are no JSON; the model would pass over them in a field that it does not know."""
    if isinstance(data, bytes) and any(word in data for word in NO_NUMBERS):
        try:
            from_json(data, allow_inf_nan=False)
        except ValueError as error:
            raise _Unreadable(f"not JSON: {error}") from None


def drained(message: Message) -> Message:
    """The same message, now taken from the parked ones."""
    return replace(message, draining=True)
