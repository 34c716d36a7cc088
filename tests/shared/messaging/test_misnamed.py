"""An event that can't be named, or not be read as the one that it says it is: the reason is what is really wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.errors import Problem
from shared.events.complaints import COMPLAINTS, ComplaintFiled
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted
from shared.messaging.record import LONGEST, Message, Reading
from shared.messaging.strangers import posted
from tests.shared.messaging.test_record import ATTRIBUTES, BODY, STRUCTURED, binary, headers, structured

NAMES = ("id", "source")
HEADERS: dict[str, tuple[list[bytes | None], str]] = {
    "missing": ([], "without {}"),
    "no value": ([None], "with {} that is empty"),
    "empty": ([b""], "with {} that is empty"),
    "not UTF-8": ([b"\xff\xfe"], "with {} that is not UTF-8"),
    "a null character": ([b"a\0b"], "with {} that holds null characters"),
    "too long": ([b"x" * (LONGEST + 1)], "with {} of more than 500 bytes"),
    "twice": ([b"1", b"2"], "with {} twice"),
    "twice, the first not UTF-8": ([b"\xff", b"2"], "with {} twice"),
}
MEMBERS: dict[str, tuple[list[Any], str]] = {
    "missing": ([], "without {}"),
    "null": ([None], "without {}"),
    "empty": ([""], "with {} that is empty"),
    "a number": ([25], "with {} that is no text"),
    "an object": ([{"a": 1}], "with {} that is no text"),
    "a null character": (["a\0b"], "with {} that holds null characters"),
    "too long": (["x" * (LONGEST + 1)], "with {} of more than 500 bytes"),
    "twice": (["1", "2"], "with {} twice"),
    "twice, the last null": (["1", None], "with {} twice"),
}


def envelope(*members: tuple[str, Any]) -> bytes:
    """A JSON object that may have a name more than once."""
    return f"{{{', '.join(f'{json.dumps(name)}: {json.dumps(value)}' for name, value in members)}}}".encode()


def with_members(name: str, values: list[Any], *more: tuple[str, Any]) -> bytes:
    """A structured event in which an attribute has these values, and which has more members before them."""
    whole = {**ATTRIBUTES, "data": BODY}
    return envelope(*more, *((other, whole[other]) for other in whole if other != name), *((name, v) for v in values))


def in_structure(value: bytes) -> Message:
    return binary([("content-type", STRUCTURED.encode())], value)


@pytest.mark.parametrize(("values", "says"), HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("name", [*NAMES, "type", "specversion"])
def test_what_is_wrong_with_a_header_is_said(name: str, values: list[bytes | None], says: str) -> None:
    message = binary([*headers(**{name: None}), *((f"ce_{name}", value) for value in values)])
    assert message.reason == f"CloudEvent {says.format(name)}"
    assert message.reading is (Reading.UNPLACEABLE if name in NAMES else Reading.INVALID)


@pytest.mark.parametrize(("values", "says"), MEMBERS.values(), ids=MEMBERS)
@pytest.mark.parametrize("name", [*NAMES, "type", "specversion"])
def test_what_is_wrong_with_a_member_is_said(name: str, values: list[Any], says: str) -> None:
    """Weaker: of two ids the last one names the event, and who sent it under the first waits for ever."""
    message = in_structure(with_members(name, values))
    assert message.reason == f"CloudEvent {says.format(name)}"
    assert message.reading is (Reading.UNPLACEABLE if name in NAMES else Reading.INVALID)


def test_all_that_is_wrong_with_a_name_is_said() -> None:
    assert binary([]).reason == "CloudEvent without id and source"
    assert structured(id=5, source=...).reason == "CloudEvent without source, with id that is no text"


def test_two_ids_are_found_behind_any_number_of_other_names() -> None:
    others = [(f"x{n}", 1) for n in range(150)] * 2
    assert in_structure(with_members("id", ["1", "2"], *others)).reason == "CloudEvent with id twice"


def test_two_ids_are_refused_by_http_too() -> None:
    with pytest.raises(Problem) as refused:
        posted(FRONTOFFICE, with_members("id", ["1", "2"]), None)
    assert [error.problem for error in refused.value.errors] == ["CloudEvent with id twice"]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (f"{ComplaintSubmitted.type} ", "blanks around the type"),
        (f" {ComplaintSubmitted.type}", "blanks around the type"),
        (ComplaintSubmitted.type.replace(".v1", ".v2"), "unknown major"),
        (ComplaintSubmitted.type.replace("Submitted", "Submited"), "unknown type"),
        (ComplaintSubmitted.type.lower(), "unknown type"),
        ("com.example.someevent", "unknown type"),
        ("NIK 3174 Budi.v9", "unknown type"),
    ],
)
def test_what_is_wrong_with_a_type_is_said(kind: str, says: str) -> None:
    message = binary(headers(type=kind))
    assert (message.reason, [problem.field for problem in message.problems]) == (says, ["type"])


@pytest.mark.parametrize("kind", [f" {ComplaintFiled.type}", f"{ComplaintFiled.type} "])
def test_a_type_of_ours_with_a_blank_is_of_no_later_release(kind: str) -> None:
    """Weaker: it is passed over and counted, though its sender meant the one that we know."""
    message = binary(headers(type=kind, sequence="1"), topic=COMPLAINTS.name)
    assert (message.reading, message.reason) == (Reading.INVALID, "blanks around the type")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (b"\xef\xbb\xbf" + with_members("id", ["1"]), ["line 1 column 1", "byte order mark"]),
        (b'{"id": "1", "source": NaN}', ["line 1 column 23", "NaN"]),
        (b'{"id": "1", "x": -Infinity}', ["line 1 column 1", "Infinity"]),
        (b'{"id": "1",\n "source": "\xff"}', ["line 2 column 1", "unicode"]),
        (b'{"id": "\\ud800"}', ["line 1 column 15", "surrogate"]),
        (b'{"id": "\\udc00"}', ["line 1 column 14", "surrogate"]),
        (b'{"id": "1", ', ["line 1 column 12"]),
        (b"", ["line 1 column 0"]),
    ],
)
def test_an_event_that_is_no_json_is_told_by_its_place_and_cause(value: bytes, says: list[str]) -> None:
    message = in_structure(value)
    assert (message.reading, message.reason.partition(":")[0]) == (Reading.UNPLACEABLE, "not a JSON document")
    assert [words for words in says if words not in message.reason] == []


def test_a_body_that_speaks_of_a_version_does_not_take_the_headers_names_away() -> None:
    """Weaker: it is taken for an event in the structured form, which names nobody, and is a dead letter."""
    message = binary(headers(specversion=None), json.dumps(BODY | {"specversion": "1.0"}).encode())
    assert (message.reading, message.source, message.id) == (Reading.INVALID, "urn:office", "1")
    assert [problem.field for problem in message.problems] == ["specversion"]


@pytest.mark.parametrize("encoded", [5, True, ["MQ=="], {"a": 1}, "MQ=="])
def test_data_and_data_base64_of_any_kind_are_one_too_many(encoded: Any) -> None:
    """Weaker: one of the two counts, and nobody knows which its sender meant."""
    message = structured(data_base64=encoded)
    assert message.reason == "data and data_base64: one of them was expected"
    assert structured(data=..., data_base64=encoded).reading is Reading.INVALID
