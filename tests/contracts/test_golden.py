"""The museum: every body that was ever sent still reads with today's class, and means what it meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import JsonValue

from deploy.contracts.golden import FOLDER, Golden, golden, short
from deploy.contracts.schemas import fields, schemas_of
from shared.events import EVENTS, Event
from shared.events.complaints import COMPLAINTS
from shared.messaging.record import Reading, Record, read

BODIES, SCHEMAS = schemas_of(EVENTS)
KEPT = [(event, kept) for event in EVENTS for kept in golden(event)]
every_kept = pytest.mark.parametrize(("event", "kept"), KEPT, ids=[f"{e.__name__}: {k.name}" for e, k in KEPT])
every_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)


def meaning(event: type[Event], kept: Golden) -> dict[str, Any]:
    """How the real reader understands a body today."""
    attributes = {"specversion": "1.0", "id": "1", "source": "urn:then", "type": event.type, "sequence": "1"}
    headers = [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
    body = json.dumps(kept.payload).encode()
    got = read(Record(event.topic.name, 0, 0, event.model_validate_json(body).key.encode(), headers, body))
    assert got.reading is Reading.EVENT, got.reason
    assert type(got.event) is event
    return got.event.model_dump(mode="json")


def lost(then: JsonValue, now: Any, path: str = "") -> Iterator[str]:
    """Where something that was said then is not said now; what is said beside it is new."""
    if isinstance(then, dict):
        for name, value in then.items():
            yield from lost(value, now.get(name, ...), f"{path}.{name}")
    elif isinstance(then, list) and len(then) == len(now):
        for number, (old, new) in enumerate(zip(then, now, strict=True)):
            yield from lost(old, new, f"{path}[{number}]")
    elif then != now:
        yield f"{path}: {then!r} reads {now!r}"


@every_kept
def test_a_body_of_old_reads_today_and_means_the_same(event: type[Event], kept: Golden) -> None:
    assert list(lost({**kept.payload, **kept.means}, meaning(event, kept))) == []


@every_event
def test_what_may_be_left_out_is_left_out_of_some_body_which_says_what_that_means(event: type[Event]) -> None:
    optional = {name for name, field in event.model_fields.items() if not field.is_required()}
    stated = {name for kept in golden(event) for name in kept.means if name not in kept.payload}
    assert optional <= stated, f"keep one in {short(event.type)}.json"


@every_event
def test_every_field_is_in_some_body(event: type[Event]) -> None:
    said = {path for kept in golden(event) for path in paths(kept.payload)}
    assert {field.path for field in fields(SCHEMAS, BODIES[event])} <= said, f"keep one in {short(event.type)}.json"


def paths(value: JsonValue, path: str = "") -> Iterator[str]:
    """The paths of a body's fields, as the documents write them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}{name}"
            yield from paths(inner, f"{path}{name}.")
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{path.removesuffix('.')}[].")


def test_no_file_is_of_an_event_that_nobody_knows() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == {short(event.type) for event in EVENTS}


class Filed(Event, topic=COMPLAINTS, key="{id}"):
    """An event whose meaning was changed."""

    id: int
    open: bool = False


def test_a_changed_default_and_a_changed_value_are_seen() -> None:
    then: dict[str, JsonValue] = {"id": 1, "open": True, "parts": [{"name": "a"}]}
    now = {"id": 1, "open": Filed(id=1).open, "parts": [{"name": "b"}], "new": None}
    assert list(lost(then, now)) == [".open: True reads False", ".parts[0].name: 'a' reads 'b'"]
