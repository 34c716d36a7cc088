"""The two forms of a CloudEvent in a record, binary and structured: its attributes and its data, not judged yet."""

import base64
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from shared.messaging.record.message import Record

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch"
ATTRIBUTES = ("id", "source", "type", "specversion", "time", "subject", "sequence", "correlationid", "causationid")
LONGEST = 500
"""Bytes (UTF-8) of an id or a source; more is not a name."""


class Unreadable(Exception):
    """Why a record could not be read: the reason, and the fields that it is about, where it is not the whole data."""


def headers_of(record: Record) -> dict[str, str]:
    """The event's attributes among the readable headers, by lower-case name; others' headers are not ours.

    Of two that mean one thing none is taken: nobody can say which was meant.
    """
    found: dict[str, str] = {}
    twice: set[str] = set()
    for given, value in record.headers:
        name = given.lower()
        if name in found:
            twice.add(name)
        try:
            found[name] = (value or b"").decode()
        except UnicodeDecodeError:
            continue
    for name in twice:
        del found[name]
    plain = {name: found[name] for name in ("content-type", "traceparent") if name in found}
    return plain | {name.removeprefix("ce_"): value for name, value in found.items() if name.startswith("ce_")}


def attributes_of(record: Record) -> tuple[Mapping[str, Any], Any]:
    """Its attributes and its data. Raises Unreadable."""
    headers = headers_of(record)
    content_type = headers.get("content-type", "").lower()
    if content_type.startswith(BATCHED):
        raise Unreadable("a CloudEvents batch: send one event a record")
    if not content_type.startswith(STRUCTURED) and not _looks_structured(record, headers):
        return headers, record.value
    try:
        envelope = from_json(record.value or b"", allow_inf_nan=False)
    except ValueError as error:
        raise Unreadable("not a JSON document") from error
    if not isinstance(envelope, dict):
        raise Unreadable("not a CloudEvent: a JSON object was expected")
    texts = {name: envelope[name] for name in (*ATTRIBUTES, "traceparent") if isinstance(envelope.get(name), str)}
    return {"traceparent": headers.get("traceparent", ""), **texts}, _data(envelope)


def _data(envelope: Mapping[str, Any]) -> Any:
    """The body of a structured event, or why it has none; the SDKs put one that is bytes into `data_base64`."""
    encoded = envelope.get("data_base64")
    if not isinstance(encoded, str):
        return envelope.get("data")
    if envelope.get("data") is not None:
        return Unreadable("data and data_base64: one of them was expected")
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return Unreadable("data_base64: not Base64")


def _looks_structured(record: Record, headers: Mapping[str, str]) -> bool:
    """The Python SDK sends the structured form under the content type of its data, or under none."""
    return "specversion" not in headers and b'"specversion"' in (record.value or b"")


def text(attributes: Mapping[str, Any], name: str) -> str:
    """An attribute that can be kept as a name; else ""."""
    value = attributes.get(name, "")
    return value if isinstance(value, str) and len(value.encode()) <= LONGEST and "\0" not in value else ""
