"""The two forms of a CloudEvent in a record, binary and structured: its attributes and its data, not judged yet."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from shared import repeated_names
from shared.messaging.record.message import Record

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch"
REQUIRED = ("id", "source", "type", "specversion")
ATTRIBUTES = (*REQUIRED, "time", "subject", "sequence", "correlationid", "causationid")
LONGEST = 500
"""Bytes (UTF-8) of an id or a source; more is not a name."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
TRACE, TWICE = "traceparent", "twice"
UNPREFIXED = "traceparent without the prefix"
NAMES = {**{f"ce_{name}": name for name in (*ATTRIBUTES, TRACE)}, "content-type": "content-type", TRACE: UNPREFIXED}
"""What we read, by the name of its header."""


class Unreadable(Exception):
    """Why a record could not be read: the reason, and the fields that it is about, where it is not the whole data."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a record says of its event, by name: the texts that can be kept; and of the others, why they can't be.

    Of two that mean one thing none is taken: nobody can say which was meant.
    """

    texts: dict[str, str]
    unfit: dict[str, str]

    def take(self, name: str, value: Any) -> None:
        """What is said under a name, which should come once: text, or bytes that are not UTF-8."""
        if name in self.texts or name in self.unfit:
            self.texts.pop(name, None)
            self.unfit[name] = TWICE
        elif problem := _problem(value):
            self.unfit[name] = problem
        else:
            self.texts[name] = value

    def text(self, name: str) -> str:
        """One that can be kept; else ""."""
        return self.texts.get(name, "")

    def lacks(self, *names: str) -> str:
        """What is wrong with those of these that can't be kept, in words; "" where all can be."""
        bad = [name for name in names if name not in self.texts]
        if not bad:
            return ""
        absent = [name for name in bad if name not in self.unfit]
        wrong = [f"without {' and '.join(absent)}"] if absent else []
        wrong += [f"with {name} {self.unfit[name]}" for name in bad if name in self.unfit]
        return f"CloudEvent {', '.join(wrong)}"


def headers_of(record: Record) -> Attributes:
    """The event's attributes among the headers, whose names come in any case; others' headers are not ours.

    A place in a trace that is said with the prefix counts before one without.
    """
    found = Attributes({}, {})
    for header, value in record.headers:
        name = NAMES.get(header.lower())
        if name is None:
            continue
        try:
            text: Any = (value or b"").decode()
        except UnicodeDecodeError:
            text = value
        found.take(name, text)
    found.texts.setdefault(TRACE, found.text(UNPREFIXED))
    return found


def attributes_of(record: Record) -> tuple[Attributes, Any]:
    """Its attributes and its data. Raises Unreadable."""
    headers = headers_of(record)
    content_type = headers.text("content-type").lower()
    if content_type.startswith(BATCHED):
        raise Unreadable("a CloudEvents batch: send one event a record")
    if not content_type.startswith(STRUCTURED) and not _looks_structured(record, headers):
        return headers, record.value
    envelope = parsed(record.value or b"", "not a JSON document")
    if not isinstance(envelope, dict):
        raise Unreadable("not a CloudEvent: a JSON object was expected")
    attributes = _of_envelope(envelope, record.value or b"", headers)
    return attributes, _data(envelope, attributes.unfit)


def parsed(raw: bytes, otherwise: str) -> Any:
    """JSON. Raises Unreadable: what it is otherwise, where, and why if that is no matter of a place."""
    try:
        return from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise Unreadable(f"{otherwise}: {error}{_why(raw, str(error))}") from None


def _why(raw: bytes, error: str) -> str:
    """Of those that a parser takes for any other wrong sign."""
    if raw.startswith(BYTE_ORDER_MARK):
        return " (it begins with a byte order mark)"
    if "hex escape" in error:
        return " (one half of a surrogate pair)"
    try:
        from_json(raw)
    except ValueError:
        return ""
    return " (NaN and Infinity are no numbers)"


def _problem(value: Any) -> str:
    if not isinstance(value, str):
        return "that is not UTF-8" if isinstance(value, bytes) else "that is no text"
    if "\0" in value:
        return "that holds null characters"
    if len(value) > LONGEST or (not value.isascii() and len(value.encode()) > LONGEST):
        return f"of more than {LONGEST} bytes"
    return "" if value else "that is empty"


def _of_envelope(envelope: Mapping[str, Any], raw: bytes, headers: Attributes) -> Attributes:
    """Of a name that comes twice the parser leaves one value. Null is as if it were not there (JSON format, 2.2)."""
    found = Attributes({}, {})
    for name in (*ATTRIBUTES, TRACE):
        if envelope.get(name) is not None:
            found.take(name, envelope[name])
    twice = dict.fromkeys(repeated_names.outermost(raw), TWICE)
    texts = {name: text for name, text in found.texts.items() if name not in twice}
    return Attributes({TRACE: headers.text(TRACE), **texts}, {**found.unfit, **twice})


def _data(envelope: Mapping[str, Any], unfit: Mapping[str, str]) -> Any:
    """The body of a structured event, or why it has none; the SDKs put one that is bytes into `data_base64`."""
    if "data" in unfit or "data_base64" in unfit:
        return Unreadable(f"a name {repeated_names.REPEATED}")
    data, encoded = envelope.get("data"), envelope.get("data_base64")
    if encoded is None:
        return data
    if data is not None:
        return Unreadable("data and data_base64: one of them was expected")
    try:
        return base64.b64decode(encoded, validate=True)
    except (TypeError, ValueError):
        return Unreadable("data_base64: not Base64")


def _looks_structured(record: Record, headers: Attributes) -> bool:
    """The Python SDK sends the structured form under the content type of its data, or under none."""
    nameless = headers.texts.keys().isdisjoint(REQUIRED) and headers.unfit.keys().isdisjoint(REQUIRED)
    return nameless and b'"specversion"' in (record.value or b"")
