"""Reading a record never fails, whatever is in it; and the traps of CloudEvents over Kafka."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.complaints import COMPLAINTS, RECEIPTS, ComplaintFiled, SubmissionRefused
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted
from shared.messaging.record import EPOCH, LONGEST, LONGEST_KEY, Message, Reading, Record, read
from tests.shared.messaging.play import Happened, Stated, Written, record

BODY: dict[str, Any] = {"category": "delay", "text": "slow"}
ATTRIBUTES = {"specversion": "1.0", "id": "1", "source": "urn:office", "type": ComplaintSubmitted.type}
STRUCTURED = "application/cloudevents+json"
Headers = list[tuple[str, bytes | None]]


def headers(**changed: str | None) -> Headers:
    """The headers of the binary form; None leaves one out."""
    texts = {**ATTRIBUTES, **changed}
    return [(f"ce_{name}", text.encode()) for name, text in texts.items() if text is not None]


def binary(
    given: Headers, value: bytes | None = json.dumps(BODY).encode(), key: bytes | None = b"k", topic: str = ""
) -> Message:
    return read(Record(topic or FRONTOFFICE.name, 0, 7, key, given, value))


def structured(content_type: str = STRUCTURED, **envelope: Any) -> Message:
    document = {**ATTRIBUTES, "data": BODY, **envelope}
    value = json.dumps({name: part for name, part in document.items() if part is not ...}).encode()
    return binary([("content-type", content_type.encode())], value)


NAMES = st.sampled_from(["ce_id", "ce_source", "ce_type", "ce_time", "ce_specversion", "ce_sequence", "content-type"])
VALUES = st.one_of(
    st.none(),
    st.binary(max_size=30),
    st.text(max_size=20).map(lambda text: text.encode(errors="replace")),
    st.sampled_from([text.encode() for text in (*ATTRIBUTES.values(), STRUCTURED, ComplaintFiled.type, "9", "0")]),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat().encode()),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda j: st.lists(j) | st.dictionaries(st.text(), j),
)
BODIES = st.one_of(
    st.none(),
    st.binary(max_size=60),
    JSON.map(lambda body: json.dumps(body).encode()),
    st.fixed_dictionaries({**{name: JSON | st.just(text) for name, text in ATTRIBUTES.items()}, "data": JSON}).map(
        lambda body: json.dumps(body).encode()
    ),
    st.dictionaries(st.sampled_from([*ComplaintSubmitted.model_fields]), JSON).map(
        lambda body: json.dumps(BODY | body).encode()
    ),
)


@given(
    topic=st.sampled_from([COMPLAINTS.name, FRONTOFFICE.name, "directory.v1"]),
    key=st.none() | st.binary(max_size=20),
    found=st.lists(st.tuples(NAMES | st.text(max_size=10), VALUES), max_size=9),
    value=BODIES,
)
def test_reading_never_raises_and_says_what_is_wrong(
    topic: str, key: bytes | None, found: Headers, value: bytes | None
) -> None:
    message = read(Record(topic, 0, 7, key, found, value))
    assert (message.reading is Reading.EVENT) == (message.event is not None)
    assert message.reading is Reading.EVENT or message.reason
    assert message.time.tzinfo is UTC
    if message.reading is not Reading.UNPLACEABLE:
        assert message.id
        assert message.source if topic == FRONTOFFICE.name else (message.key and message.sequence > 0)


FINITE = st.recursive(
    st.none() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda j: st.lists(j, max_size=3),
)


@given(st.dictionaries(st.sampled_from([*ComplaintSubmitted.model_fields]), FINITE, max_size=3))
def test_both_forms_of_one_event_read_alike(changed: dict[str, Any]) -> None:
    body = BODY | changed
    one, other = binary(headers(), json.dumps(body).encode()), structured(data=body)
    assert (one.reading, one.event) == (other.reading, other.event)


def test_the_binary_form_is_read() -> None:
    message = binary(headers(time="2026-03-02T08:00:00+07:00"))
    assert (message.reading, message.source, message.id) == (Reading.EVENT, "urn:office", "1")
    assert message.event == ComplaintSubmitted(category="delay", text="slow")
    assert message.time == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_header_names_are_read_in_any_case() -> None:
    message = binary([(name.upper(), value) for name, value in headers()])
    assert message.reading is Reading.EVENT


def test_headers_of_others_do_not_overwrite_the_events() -> None:
    """A connector's or a tracer's `type` and `id` are not the event's."""
    assert binary([*headers(), ("type", b"record"), ("id", b"77"), ("source", b"connector")]).id == "1"
    assert binary([*headers(), ("type", b"record")]).reading is Reading.EVENT


@pytest.mark.parametrize("suffix", ["", "; charset=utf-8", ";charset=UTF-8"])
def test_the_structured_form_is_read(suffix: str) -> None:
    message = structured(STRUCTURED + suffix, time="2026-03-02T08:00:00+07:00")
    assert (message.reading, message.source, message.id) == (Reading.EVENT, "urn:office", "1")
    assert message.time == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_the_structured_form_is_told_by_its_content_type_in_any_case() -> None:
    assert structured("Application/CloudEvents+JSON").reading is Reading.EVENT


def test_a_structured_body_of_bytes_is_read() -> None:
    """The Python SDK puts bytes into `data_base64`; nothing gets in by that door which the other one refuses."""

    def encoded(body: bytes) -> Message:
        return structured(data=..., data_base64=base64.b64encode(body).decode())

    assert encoded(json.dumps(BODY).encode()).event == ComplaintSubmitted(category="delay", text="slow")
    assert encoded(b'{"category": "delay", "text": "a\\u0000b"}').problems[0].problem == "null characters are not text"
    for message in (encoded(b"{"), structured(data=..., data_base64="?"), structured(data=..., data_base64=5)):
        assert (message.reading, message.problems[0].field) == (Reading.INVALID, "data")


def test_the_javascript_sdk_names_the_type_of_the_data_twice_and_sends_raw_utf_8() -> None:
    body = json.dumps(BODY | {"text": "Pelayanan méga"}, ensure_ascii=False).encode()
    for kind in (b"application/json", b"application/json; charset=utf-8"):
        message = binary([*headers(datacontenttype=kind.decode()), ("content-type", kind)], body)
        assert message.event == ComplaintSubmitted(category="delay", text="Pelayanan méga")


def test_attributes_that_we_do_not_know_are_the_senders_own() -> None:
    more: dict[str, Any] = {"subject": "s", "dataschema": "urn:schema", "partitionkey": "p", "counter": "7"}
    assert binary(headers(**more)).reading is Reading.EVENT
    assert structured(**more | {"counter": 7, "urgent": True}).reading is Reading.EVENT


@pytest.mark.parametrize("missing", ["id", "source"])
@pytest.mark.parametrize("form", ["binary", "structured"])
def test_an_event_without_its_name_has_no_place(missing: str, form: str) -> None:
    message = binary(headers(**{missing: None})) if form == "binary" else structured(**dict[str, Any]({missing: ...}))
    assert (message.reading, message.reason) == (Reading.UNPLACEABLE, f"CloudEvent without {missing}")


def test_a_batch_is_refused_with_the_reason() -> None:
    message = structured("application/cloudevents-batch+json")
    assert message.reading is Reading.UNPLACEABLE
    assert "one event a record" in message.reason


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-02T01:00:00Z",
        "2026-03-02t01:00:00z",
        "2026-03-02T01:00:00.000000000Z",
        "2026-03-02T01:00:00-00:00",
        "2026-03-01T22:30:00.0-02:30",
    ],
)
def test_a_time_is_read_in_every_spelling_of_rfc_3339(time: str) -> None:
    """Go sends nanoseconds, JavaScript `Z`."""
    for message in (binary(headers(time=time)), structured(time=time)):
        assert message.time == datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize("time", ["yesterday", "", "2026-03-02T08:00:00", "0001-01-01T00:00:00+14:00", "9" * 40])
def test_a_time_that_is_none_is_the_epoch(time: str) -> None:
    """Without an offset it is nobody's time; far out it has no UTC."""
    message = binary(headers(time=time))
    assert (message.reading, message.time) == (Reading.EVENT, EPOCH)


def test_a_header_of_others_that_is_no_text_is_theirs() -> None:
    assert binary([*headers(), ("trace", b"\xff"), ("empty", None)]).reading is Reading.EVENT


@pytest.mark.parametrize("sequence", [None, "", "0", "-1", "1.5", "x", "٣", "9" * 19])
def test_our_own_event_without_a_sequence_has_no_place(sequence: str | None) -> None:
    given = headers(type=ComplaintFiled.type, sequence=sequence)
    assert binary(given, topic=COMPLAINTS.name).reading is Reading.UNPLACEABLE


@pytest.mark.parametrize("key", [None, b"", b"\xff", b"a\0b", b"k" * (LONGEST_KEY + 1), "é".encode() * LONGEST_KEY])
def test_our_own_event_without_a_key_has_no_place(key: bytes | None) -> None:
    given = headers(type=ComplaintFiled.type, sequence="1")
    assert binary(given, key=key, topic=COMPLAINTS.name).reading is Reading.UNPLACEABLE


def test_what_is_wrong_is_said_in_words_field_by_field() -> None:
    """Weaker: an office and an operator read pydantic's words, with patterns in them."""
    body = {"category": "Slow!", "occurred_on": 1, "contact": {"nik": "3174"}}
    message = binary(headers(), json.dumps(body).encode())
    assert message.reason == (
        "category must be a code: at most 40 small letters, digits, dots, hyphens and underscores; text is missing; "
        "occurred_on is not a date like 2026-01-31; contact.nik must be a NIK: 16 digits"
    )
    assert binary(headers(), b"[]").reason == "data must be an object"
    assert structured(data=[]).reason == "a JSON object was expected"
    assert binary(headers(), b"{").reason.startswith("data is not JSON: ")


@pytest.mark.parametrize("event", [Happened(subject="a", label="x"), Stated(subject="a", label="x")])
def test_our_own_event_under_anothers_key_is_not_read(event: Happened | Stated) -> None:
    """Weaker: it takes its turn among the events of an aggregate that it is not about."""
    own = record(event, 1)
    message = read(replace(own, key=b"b"))
    assert (read(own).reading, message.reading, message.event) == (Reading.EVENT, Reading.INVALID, None)
    assert (message.key, message.reason) == ("b", "the record's key is not the body's {subject}")


def test_a_stranger_may_send_under_any_key() -> None:
    own = record(Written(subject="a", label="x"))
    assert [read(replace(own, key=key)).reading for key in (b"b", None)] == [Reading.EVENT] * 2


def test_an_unknown_type_is_passed_and_an_unknown_major_is_kept() -> None:
    later = "id.go.salor.complaints.ComplaintPraised.v1", "id.go.salor.complaints.ComplaintFiled.v2"
    readings = [binary(headers(type=kind, sequence="1"), topic=COMPLAINTS.name).reading for kind in later]
    assert readings == [Reading.UNKNOWN, Reading.INVALID]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"specversion": None}, "specversion"),
        ({"specversion": "0.3"}, "specversion"),
        ({"type": None}, "type"),
        ({"type": ComplaintSubmitted.type.replace("Submitted", "Submited")}, "type"),
        ({"type": ComplaintSubmitted.type.replace(".v1", ".v2")}, "type"),
        ({"type": ComplaintFiled.type}, "type"),
    ],
    ids=str,
)
def test_a_strangers_wrong_attribute_is_named(wrong: dict[str, str | None], named: str) -> None:
    """Weaker: a type that is misspelt is passed over as one of a later release, and the office waits for ever."""
    message = binary(headers(**wrong))
    assert (message.reading, [problem.field for problem in message.problems]) == (Reading.INVALID, [named])


@pytest.mark.parametrize("kind", ["NIK 3174 Budi.v9", "NIK 3174 Budi.v1", ComplaintFiled.type])
def test_a_reason_names_only_types_that_we_know(kind: str) -> None:
    """Reasons are shown in listings, and anybody can write anything into a header."""
    message = binary(headers(type=kind))
    assert message.reason
    assert ("Budi" in message.reason, "Filed" in message.reason) == (False, kind == ComplaintFiled.type)


def test_a_name_is_measured_in_bytes() -> None:
    fits, too_long = "é" * (LONGEST // 2), "é" * (LONGEST // 2) + "x"
    assert binary(headers(id=fits, source=fits)).reading is Reading.EVENT
    for name in ("id", "source"):
        message = binary(headers(**{name: too_long}))
        assert (message.reading, message.id if name == "id" else message.source) == (Reading.UNPLACEABLE, "")
        assert message.reason == f"CloudEvent with {name} of more than {LONGEST} bytes"


def test_the_receipt_of_the_longest_name_can_be_placed() -> None:
    name = "é" * (LONGEST // 2)
    receipt = SubmissionRefused(source=name, submission=name, problems=[])
    given = headers(type=receipt.type, sequence="1")
    message = binary(given, receipt.model_dump_json().encode(), receipt.key.encode(), RECEIPTS.name)
    assert (message.reading, message.key) == (Reading.EVENT, receipt.key)


@pytest.mark.parametrize("text", ["C:\\u0000", "C:\\x00", "\\\\u0000"])
def test_a_backslash_before_u0000_is_no_null_character(text: str) -> None:
    body = BODY | {"text": text}
    for message in (binary(headers(), json.dumps(body).encode()), structured(data=body)):
        assert message.event == ComplaintSubmitted(category="delay", text=text), message.reason


def test_an_unknown_field_is_ignored_and_a_foreign_type_is_not_believed() -> None:
    assert binary(headers(), json.dumps(BODY | {"mood": "bad"}).encode()).reading is Reading.EVENT
    assert binary(headers(type=ComplaintFiled.type)).reading is Reading.INVALID


@pytest.mark.parametrize(("name", "reading"), [("ce_id", Reading.UNPLACEABLE), ("ce_type", Reading.INVALID)])
def test_of_two_headers_that_mean_one_thing_none_is_taken(name: str, reading: Reading) -> None:
    """Weaker: the last one counts, and who sent it under the first waits for ever."""
    message = binary([*headers(), (name.upper(), b"other")])
    assert (message.reading, message.reason) == (reading, f"CloudEvent with {name.removeprefix('ce_')} twice")
    assert binary([*headers(), ("x-trace", b"1"), ("x-trace", b"2")]).reading is Reading.EVENT
