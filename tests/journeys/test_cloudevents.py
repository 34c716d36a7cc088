"""Any CloudEvents client can send: what the official SDKs make of an event goes the whole road and is answered."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from cloudevents.http import CloudEvent
from cloudevents.kafka import KafkaMessage, to_binary, to_structured

from deploy.local.demo.world import World
from shared.events.complaints import ComplaintFiled, SubmissionAccepted, SubmissionRefused
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted
from tests.conformance import CASES, FRAGMENT, NAMELESS, UNDERSTOOD
from tests.conformance import SOURCE as PROJECT
from tests.journeys.strangers import send
from tests.journeys.test_front_office import TOLD, dead_letters, read

SOURCE = "urn:stranger"
TEXT = "Menunggu 3 jam – “besok saja”, katanya. 等了很久 😤"
BODY = {"category": "undue_delay", "text": TEXT}
Made = Callable[[str], KafkaMessage]


def event(made: str, body: Any = BODY, **attributes: Any) -> CloudEvent:
    """A submission as the Python SDK makes it, with a time of its own. None leaves an attribute out."""
    named = {"type": ComplaintSubmitted.type, "source": SOURCE, "id": made, "datacontenttype": "application/json"}
    return CloudEvent({name: value for name, value in {**named, **attributes}.items() if value is not None}, body)


def binary_as_javascript(made: str) -> KafkaMessage:
    """With raw UTF-8, which the Python SDK would escape, and the type of the data named twice."""
    message = to_binary(event(made), data_marshaller=lambda body: json.dumps(body, ensure_ascii=False))
    return message._replace(headers={**message.headers, "ce_datacontenttype": b"application/json"})


def structured_as_javascript(made: str, content_type: str) -> KafkaMessage:
    """With raw UTF-8, under the content type of the structured form."""
    envelope = {**event(made).get_attributes(), "data": BODY}
    return KafkaMessage({"content-type": content_type.encode()}, None, json.dumps(envelope, ensure_ascii=False))


def in_capitals(made: str) -> KafkaMessage:
    message = to_binary(event(made))
    return message._replace(headers={name.upper(): value for name, value in message.headers.items()})


def least(made: str) -> KafkaMessage:
    message = to_binary(event(made))
    required = {f"ce_{name}" for name in ("id", "source", "type", "specversion")}
    return message._replace(headers={name: value for name, value in message.headers.items() if name in required})


WITH_CHARSET = "application/json; charset=utf-8"
FORMS: dict[str, Made] = {
    "binary": lambda made: to_binary(event(made)),
    "binary, with a charset": lambda made: to_binary(event(made, datacontenttype=WITH_CHARSET)),
    "binary, as JavaScript": binary_as_javascript,
    "binary, header names in capitals": in_capitals,
    "binary, required attributes only": least,
    "binary, with a partition key": lambda made: to_binary(event(made, partitionkey="counter 7")),
    "binary, with extensions": lambda made: to_binary(event(made, counter="7", dataschema="urn:x", subject="s")),
    "structured": lambda made: to_structured(event(made)),
    "structured, with a charset": lambda made: to_structured(event(made, datacontenttype=WITH_CHARSET)),
    "structured, without a content type": lambda made: to_structured(event(made, datacontenttype=None)),
    "structured, body as bytes": lambda made: to_structured(event(made, json.dumps(BODY).encode())),
    "structured, as JavaScript": lambda made: structured_as_javascript(
        made, "application/cloudevents+json; charset=utf-8"
    ),
    "structured, content type in capitals": lambda made: structured_as_javascript(made, "Application/CloudEvents+JSON"),
    "structured, with a partition key": lambda made: to_structured(event(made, partitionkey="counter 7")),
    "structured, with extensions": lambda made: to_structured(event(made, counter=7, urgent=True, dataschema="urn:x")),
    "a time in Z": lambda made: to_binary(event(made, time="2026-03-02T01:00:00.000Z")),
    "a time with nanoseconds": lambda made: to_structured(event(made, time="2026-03-02T08:00:00.123456789+07:00")),
    "a time that is none": lambda made: to_binary(event(made, time="yesterday")),
}


@pytest.mark.parametrize("form", FORMS)
async def test_a_submission_in_any_form_becomes_a_complaint(world: World, form: str) -> None:
    made = str(uuid.uuid4())
    await send(world.stack.kafka, world.prefix + FRONTOFFICE.name, [FORMS[form](made)])
    answer = await world.timeline.one(SubmissionAccepted, source=SOURCE, submission=made)
    await world.timeline.one(ComplaintFiled, complaint_id=answer.complaint_id)
    kept = await world.value("complaints", "SELECT text FROM complaint WHERE complaint_id = $1", answer.complaint_id)
    assert kept == TEXT


@pytest.mark.parametrize("compressed", ["gzip", "snappy", "lz4", "zstd"])
async def test_a_submission_in_any_compression_becomes_a_complaint(world: World, compressed: str) -> None:
    """Several to a batch, else the client sends them as they are."""
    made = [str(uuid.uuid4()) for _ in range(9)]
    messages = [to_binary(event(each)) for each in made]
    await send(world.stack.kafka, world.prefix + FRONTOFFICE.name, messages, compressed)
    for each in made:
        await world.timeline.one(SubmissionAccepted, source=SOURCE, submission=each)


@pytest.mark.parametrize("form", [to_binary, to_structured])
async def test_a_wrong_submission_in_either_form_is_refused_by_field(
    world: World, form: Callable[[Any], KafkaMessage]
) -> None:
    """By the rules (the first) and by the contract (the second)."""
    made, broken = str(uuid.uuid4()), str(uuid.uuid4())
    bad = {"category": "bad_weather", "text": " ", "contact": {"phone": "00000"}}
    unfit = {"category": ["bad_weather"], "contact": {"nik": "317"}}
    messages = [form(event(made, bad)), form(event(broken, unfit))]
    await send(world.stack.kafka, world.prefix + FRONTOFFICE.name, messages)
    for sent, fields in ((made, ["category", "contact.phone", "text"]), (broken, ["category", "contact.nik", "text"])):
        told = await world.timeline.one(SubmissionRefused, source=SOURCE, submission=sent)
        assert sorted(problem.field for problem in told.problems) == fields


async def test_each_case_of_the_cloudevents_project_is_answered_if_named_and_buried_if_wrong(world: World) -> None:
    """The same table as of the reader: accepted, or refused by its field, or without a name that could be answered."""
    sent = {str(uuid.uuid4()): case for case in CASES}
    messages = [case.under(made) for made, case in sent.items()]
    places = await send(world.stack.kafka, world.prefix + FRONTOFFICE.name, messages)
    await read(world, places)

    answered = {made: case for made, case in sent.items() if case.refused != NAMELESS}
    assert await world.value("complaints", TOLD, [PROJECT, FRAGMENT]) == len(answered)
    for made, case in answered.items():
        kind = SubmissionRefused if case.refused else SubmissionAccepted
        (told,) = await world.timeline.several(1, kind, submission=made)
        fields = {problem.field for problem in told.problems} if isinstance(told, SubmissionRefused) else {UNDERSTOOD}
        assert fields == {case.refused}, case.name

    dead = {place for place, _ in await dead_letters(world)}
    buried = [case.name for place, case in zip(places, sent.values(), strict=True) if place in dead]
    assert buried == [case.name for case in CASES if case.refused]
