"""What a front office relies on: any CloudEvents client can send, in either form; what is late needs no finish."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cloudevents.http import CloudEvent
from cloudevents.kafka import KafkaMessage, to_binary, to_structured

from deploy.local.demo.scenes import complaint
from deploy.local.demo.world import World, eventually
from shared.events.complaints import ComplaintFiled, ServiceDelivered, ServiceOverdue, SubmissionAccepted
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted, ServiceCompleted, ServiceRequested

SOURCE = "urn:another-office"


def submission(body: dict[str, Any]) -> CloudEvent:
    attributes = {"type": ComplaintSubmitted.type, "source": SOURCE, "id": str(uuid.uuid4())}
    return CloudEvent({**attributes, "datacontenttype": "application/json"}, body)


async def send(world: World, message: KafkaMessage) -> None:
    headers = list(message.headers.items())
    await world.producer.send_and_wait(world.prefix + FRONTOFFICE.name, message.value, headers=headers)


@pytest.mark.parametrize("form", [to_binary, to_structured])
async def test_the_official_sdk_sends_in_either_form(world: World, form: Callable[[Any], KafkaMessage]) -> None:
    body = complaint(world, "sari@salor.example", "Sdk").model_dump(mode="json")
    event = submission(body)
    await send(world, form(event))
    answer = await world.timeline.one(SubmissionAccepted, source=SOURCE, submission=event["id"])
    await world.timeline.one(ComplaintFiled, complaint_id=answer.complaint_id)


async def test_a_submission_sent_twice_is_one_complaint(world: World) -> None:
    body = complaint(world, "sari@salor.example", "dua.kali").model_dump(mode="json")
    event = submission(body)
    marker = submission(body)
    for message in (to_binary(event), to_structured(event), to_binary(event), to_binary(marker)):
        await send(world, message)
    await world.timeline.one(SubmissionAccepted, source=SOURCE, submission=marker["id"])
    kept = "SELECT count(*) FROM complaint WHERE source = $1 AND source_event_id = $2"
    assert await world.value("complaints", kept, SOURCE, event["id"]) == 1


async def test_what_is_no_json_is_refused_and_what_has_no_id_is_kept_as_a_dead_letter(world: World) -> None:
    message = to_structured(submission({}))
    nameless = json.loads(message.value)
    del nameless["id"]
    for value in (b"\xff{", json.dumps(nameless).encode()):
        await send(world, KafkaMessage(headers=message.headers, key=None, value=value))
    body = complaint(world, "sari@salor.example", "sesudah").model_dump(mode="json")
    (after,) = await world.send(ComplaintSubmitted.model_validate(body))
    await world.timeline.one(SubmissionAccepted, submission=after)
    count = "SELECT count(*) FROM dead_letter WHERE topic = $1"

    async def buried() -> bool:
        return bool(await world.value("complaints", count, FRONTOFFICE.name) >= 2)

    await eventually(buried, "two dead letters")


async def test_a_request_that_nobody_finishes_is_told_as_overdue_and_keeps_its_day(world: World) -> None:
    officer, received = world.people["yanti@salor.example"], datetime.now(UTC) - timedelta(hours=2)
    record_id, number = uuid.uuid4(), f"KTP-{uuid.uuid4().hex[:8]}"
    request = ServiceRequested(
        record_id=record_id,
        request_number=number,
        service="ktp",
        unit=officer.unit,
        employee_id=officer.employee_id,
        received_at=received,
    )
    await world.send(request)
    late = await world.timeline.one(ServiceOverdue, record_id=record_id)
    await world.send(ServiceCompleted(**request.model_dump(), completed_at=datetime.now(UTC)))
    done = await world.timeline.one(ServiceDelivered, record_id=record_id)
    assert late.deadline == received + timedelta(minutes=15)
    assert done.counted_on == late.counted_on
    assert done.used >= 119
