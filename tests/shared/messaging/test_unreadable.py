"""Bodies that can't be read: each is told by field, in either form, and never quoted."""

from __future__ import annotations

import base64
import json
from uuid import UUID

import pytest

from shared.events.base import LARGEST_RECORD
from shared.events.frontoffice import ServiceCorrected
from shared.messaging.record import Reading, Record, read
from tests.shared.messaging.test_record import ATTRIBUTES, STRUCTURED, Headers, binary, headers

DEEP = b'{"category": "delay", "text": "slow", "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"
LARGE = b'{"category": "delay", "text": "slow", "x": ' + b"9" * 5_000 + b"}"
BAD = {
    "broken JSON": b'{"category": ',
    "no value": None,
    "bad UTF-8": b'{"category": "delay", "text": "\xff"}',
    "a lone surrogate": b'{"category": "delay", "text": "\\ud800"}',
    "a null character": b'{"category": "delay", "text": "a\\u0000b"}',
    "a null character in a part": b'{"category": "delay", "text": "slow", "contact": {"name": "a\\u0000b"}}',
    "a bare null character": b'{"category": "delay", "text": "a\0b"}',
    "a wrong type": b'{"category": 5, "text": "slow"}',
    "NaN": b'{"category": "delay", "text": NaN}',
    "NaN in a field that nobody knows": b'{"category": "delay", "text": "slow", "x": NaN}',
    "Infinity there": b'{"category": "delay", "text": "slow", "x": [-Infinity]}',
    "yes for true": b'{"category": "delay", "text": "slow", "anonymous": "yes"}',
    "1 for true": b'{"category": "delay", "text": "slow", "anonymous": 1}',
    "a number for a day": b'{"category": "delay", "text": "slow", "occurred_on": 1790000000}',
    "a number for a day, as text": b'{"category": "delay", "text": "slow", "occurred_on": "1790000000"}',
    "a moment for a day": b'{"category": "delay", "text": "slow", "occurred_on": "2026-03-02T00:00:00"}',
    "a moment with its offset for a day": b'{"category": "delay", "text": "slow", "occurred_on": "2026-03-02T00:00Z"}',
    "a name twice": b'{"category": "delay", "text": "slow", "text": "slow"}',
    "a name twice in a part": b'{"category": "delay", "text": "slow", "contact": {"name": "a", "name": "a"}}',
    "depth": DEEP,
    "a number of 5,000 digits": LARGE,
    "a list": b"[]",
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("form", ["binary", "structured"])
def test_what_can_not_be_read_is_told_by_field(bad: str, form: str) -> None:
    value = BAD[bad]
    if form == "structured":
        envelope = json.dumps(ATTRIBUTES).encode()
        value = envelope[:-1] + b', "data": ' + (value or b"null") + b"}"
    found: Headers = headers() if form == "binary" else [("content-type", STRUCTURED.encode())]
    message = binary(found, value)
    assert message.reading in (Reading.INVALID, Reading.UNPLACEABLE)
    assert message.reason
    if form == "binary":
        assert message.reading is Reading.INVALID
        assert message.problems
        assert "slow" not in message.reason, "never the value itself"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"category": "delay", "text": "slow", "text": "rude"}', ["text"]),
        (
            b'{"text": "slow", "category": "x", "category": "delay", "contact": {"name": "a", "name": "b"}}',
            ["category", "contact"],
        ),
        (b'{"category": "delay", "text": "slow", "NIK 3174": 1, "NIK 3174": 2}', ["data"]),
    ],
)
@pytest.mark.parametrize("form", ["binary", "structured", "bytes in it"])
def test_a_name_that_comes_twice_is_told_by_the_field_that_we_know(form: str, body: bytes, named: list[str]) -> None:
    """Weaker: the last one counts. But a name that we do not know may be any text, and an answer is read by many."""
    if form == "binary":
        message = binary(headers(), body)
    else:
        data = body if form == "structured" else b'"' + base64.b64encode(body) + b'"'
        name = b"data" if form == "structured" else b"data_base64"
        envelope = json.dumps(ATTRIBUTES).encode()[:-1] + b', "' + name + b'": ' + data + b"}"
        message = binary([("content-type", STRUCTURED.encode())], envelope)
    assert message.reading is Reading.INVALID
    assert [problem.field for problem in message.problems] == named
    assert message.reason == "a name comes more than once in its object"


def test_an_envelope_that_names_a_thing_twice_is_refused_too() -> None:
    envelope = json.dumps(ATTRIBUTES).encode()[:-1] + b', "data": {"category": "a", "text": "b"}, "subject": "a", '
    for more, named in (
        (b'"subject": "b"}', "subject"),
        (b'"data": {"category": "a", "text": "c"}}', "data"),
        (b'"data": {}}', "data"),
        (b'"data": null, "data_base64": "e30=", "data_base64": "e30="}', "data"),
        (b'"subjekt": 1, "subjekt": 1}', "data"),
    ):
        message = binary([("content-type", STRUCTURED.encode())], envelope + more)
        assert [problem.field for problem in message.problems] == [named]


@pytest.mark.parametrize("revision", ['"3"', '" 1 "', "true", "1.0", "1e0", "null", "[1]"])
def test_what_is_no_whole_number_is_none(revision: str) -> None:
    """Weaker: it is taken for one, and a record is cancelled for good by what nobody meant."""
    body = json.dumps({"record_id": str(UUID(int=1)), "request_number": "A-1", "cancelled": "by mistake"})
    message = binary(headers(type=ServiceCorrected.type), f'{body[:-1]}, "revision": {revision}}}'.encode())
    assert [problem.field for problem in message.problems] == ["revision"]
    good = binary(headers(type=ServiceCorrected.type), f'{body[:-1]}, "revision": 1}}'.encode())
    assert good.reading is Reading.EVENT


@pytest.mark.parametrize("where", ["value", "header", "key"])
def test_what_was_packed_small_is_read_and_kept_up_to_the_size_of_a_record(where: str) -> None:
    """The topic's limit is on what goes over the wire."""
    long = b"9" * (LARGEST_RECORD + 1)
    more: Headers = [("x", long)] if where == "header" else []
    record = Record(
        "frontoffice.v1",
        0,
        7,
        long if where == "key" else b"a",
        [*headers(), *more],
        long if where == "value" else b"{}",
    )
    message = read(record)
    assert (message.reading, message.source, message.id) == (Reading.INVALID, ATTRIBUTES["source"], ATTRIBUTES["id"])
    assert [problem.field for problem in message.problems] == ["data"]
    assert message.record.size < 5_000


def test_a_large_structured_event_is_not_opened_for_its_name() -> None:
    value = json.dumps({**ATTRIBUTES, "data": "9" * LARGEST_RECORD}).encode()
    message = read(Record("frontoffice.v1", 0, 7, None, [("content-type", STRUCTURED.encode())], value))
    assert message.reading is Reading.UNPLACEABLE
    assert "bytes once unpacked" in message.reason
    assert message.record.value is None
