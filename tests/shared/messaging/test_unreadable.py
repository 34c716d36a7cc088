"""Bodies that can't be read: each is told by field, in either form, and never quoted."""

from __future__ import annotations

import json

import pytest

from shared.messaging.record import Reading
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
