"""The published documents are what the code says, are valid by the official schemas, and their examples are true."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy.contracts.__main__ import main
from deploy.contracts.asyncapi import headers_schema
from deploy.contracts.declared import NAMES, OUTSIDE, ROOT, listeners, tellers
from deploy.contracts.diagram import diagram
from deploy.contracts.documents import API, ASYNCAPI, documents, stale, write
from deploy.contracts.golden import short
from deploy.contracts.schemas import fields, schemas_of
from deploy.local import wire
from shared.events import EVENTS, Event, Kind
from shared.events.frontoffice import ComplaintSubmitted
from shared.messaging.record import Reading, Record, read
from shared.messaging.relay.send import headers

OFFICIAL = json.loads((Path(__file__).parent / "asyncapi" / "3.0.0.json").read_text())
DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / ASYNCAPI).read_text())
BODIES, SCHEMAS = schemas_of(EVENTS)
every_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
every_service = pytest.mark.parametrize("name", NAMES)


def problems(schema: Any, instance: Any) -> list[str]:
    """What a draft 7 schema finds wrong, whose references lead into the document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft7Validator(whole, format_checker=FormatChecker()).iter_errors(instance)
    ]


def test_what_is_published_is_what_the_code_says() -> None:
    assert stale() == [], "make contracts"


def written(root: Path) -> Path:
    """All documents as the code makes them, in another place."""
    for path, text in documents().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_writing_makes_what_is_missing_or_changed_fresh(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / ASYNCAPI).unlink()
    (tmp_path / "docs/events.md").write_bytes(b"by hand \xff")
    found = [str(ASYNCAPI), "docs/events.md"]
    assert stale(tmp_path) == found
    assert list(write(tmp_path)) == found
    assert stale(tmp_path) == []


@pytest.mark.parametrize("arguments", [["check"], []])
def test_what_nobody_made_is_told_and_left_alone(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Weaker: somebody's notes beside the documents are gone with the next `make contracts`."""
    notes = written(tmp_path) / API / "notes.md"
    notes.write_text("mine")
    (tmp_path / API / "drafts").mkdir()
    assert main(arguments, tmp_path) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(" is made by nobody: ")[0] for line in said[:2]] == [f"{API}/drafts", f"{API}/notes.md"]
    assert said[2:] == (["contracts: stale"] if arguments else [])
    assert notes.read_text() == "mine"


def test_the_check_says_that_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "contracts: fresh, and nothing published is broken\n"


def test_the_asyncapi_document_is_valid_by_the_official_schema() -> None:
    check = Draft7Validator(OFFICIAL)
    assert [error.message for error in check.iter_errors(DOCUMENT)] == []
    channel = DOCUMENT["channels"]["complaints.v1"]
    wrong = {**DOCUMENT, "channels": {"complaints.v1": {**channel, "address": 1}}}
    assert not check.is_valid(wrong), "the schema sees nothing"


@pytest.mark.parametrize("word", ["wirte", "--check", "check it"])
def test_an_unknown_word_gets_the_usage_and_writes_nothing(
    word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Weaker: who misspells `check` has the documents written over what was to be checked."""
    (written(tmp_path) / "docs/events.md").write_text("by hand")
    with pytest.raises(SystemExit) as ended:
        main(word.split(), tmp_path)
    assert (ended.value.code, capsys.readouterr().err.partition(" [")[0]) == (2, "usage: python -m deploy.contracts")
    assert stale(tmp_path) == ["docs/events.md"]


@every_service
def test_an_openapi_document_is_valid(name: str) -> None:
    document = json.loads((ROOT / API / f"{name}.openapi.json").read_text())
    assert document["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    del document["info"]
    assert not OpenAPIV31SpecValidator(document).is_valid(), "the validator sees nothing"


def test_every_event_is_a_message_that_a_stream_carries_and_somebody_tells() -> None:
    messages = set(DOCUMENT["components"]["messages"])
    assert messages == {short(event.type) for event in EVENTS}
    assert {name for channel in DOCUMENT["channels"].values() for name in channel["messages"]} == messages
    told = [each["messages"] for each in DOCUMENT["operations"].values() if each["action"] == "send"]
    assert {reference["$ref"].rpartition("/")[2] for one in told for reference in one} == messages


def test_the_diagram_shows_each_event_on_its_way_and_no_other() -> None:
    told = re.findall(r'^    (\w+)\S* --> \w+\[\("(.+)"\)\]$', diagram(), re.MULTILINE)
    heard = re.findall(r'^    (\w+) -- "(.+)" --> (\w+)$', diagram(), re.MULTILINE)
    outside = {(topic.sender, topic.name) for topic in OUTSIDE}
    assert set(told) == outside | {(name, event.topic.name) for event in EVENTS for name in tellers(event)}
    assert {(stream, event, name) for stream, events, name in heard for event in events.split("<br>")} == {
        (event.topic.name.replace(".", "_"), event.__name__, name) for event in EVENTS for name in listeners(event)
    }


@every_event
def test_an_example_is_true_by_its_schemas_and_reads_as_an_event(event: type[Event]) -> None:
    message = DOCUMENT["components"]["messages"][short(event.type)]
    assert message["examples"], f"deploy/contracts/golden/{short(event.type)}.json"
    for example in message["examples"]:
        assert problems(message["payload"], example["payload"]) == []
        assert problems(message["headers"], example["headers"]) == []
        found = [(name, text.encode()) for name, text in example["headers"].items()]
        key = example["headers"].get("ce_subject", "any").encode()
        got = read(Record(event.topic.name, 0, 0, key, found, json.dumps(example["payload"]).encode()))
        assert (got.reading, type(got.event)) == (Reading.EVENT, event), got.reason
        assert event.topic.kind is Kind.STRANGER or got.key == got.event.key  # type: ignore[union-attr]


def test_a_wrong_body_and_wrong_headers_are_not_true() -> None:
    message = DOCUMENT["components"]["messages"][short(ComplaintSubmitted.type)]
    example = message["examples"][0]
    assert problems(message["payload"], {**example["payload"], "contact": {"language": "fr"}}) != []
    assert problems(message["payload"], {**example["payload"], "employee_id": "7"}) != []
    assert problems(message["headers"], {**example["headers"], "ce_type": "another"}) != []


def test_what_the_relay_sends_has_the_headers_of_the_document() -> None:
    row = {
        **{"id": 7, "event_id": "1", "type": "id.go.salor.training.EmployeeEnrolled.v1", "at": datetime.now(UTC)},
        **{"key": "k", "sequence": 1, "correlation_id": "c", "causation_id": "c"},
    }
    sent = {name: value.decode() for name, value in headers(row, "00-" + "1" * 32 + "-" + "2" * 16 + "-01")}  # type: ignore[arg-type]
    schema = headers_schema(Kind.CHAIN)
    assert set(sent) == set(schema["properties"])
    assert problems(schema, sent) == []


def test_what_an_outside_client_sends_has_them_too() -> None:
    sent = {name: value.decode() for name, value in wire.headers("a type", "1", "urn:office", datetime.now(UTC))}
    assert problems(headers_schema(Kind.STRANGER), sent) == []
    assert set(sent) <= set(headers_schema(Kind.STRANGER)["properties"])


@every_event
def test_every_field_says_what_it_means(event: type[Event]) -> None:
    assert [field.path for field in fields(SCHEMAS, BODIES[event]) if not field.meaning] == []
