"""The eight journeys on real processes: what the demo shows, and what citizens and officers rely on."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from deploy.local.demo import scenes
from deploy.local.demo.scenes import Scene, complaint
from deploy.local.demo.table import failed
from deploy.local.demo.world import World
from shared.events.complaints import ComplaintFiled
from shared.events.evaluation import EvaluationCompleted
from shared.events.notifications import NotificationAccepted


@pytest.mark.parametrize("scene", scenes.SCENES.values(), ids=[scene.__name__ for scene in scenes.SCENES.values()])
async def test_journey_ends_as_expected(world: World, scene: Scene) -> None:
    assert failed(await scene(world)) == []


async def test_a_filing_repeated_under_its_key_is_one_complaint_with_the_same_receipt(world: World) -> None:
    key, body = uuid.uuid4(), complaint(world, "tuti@salor.example", "ulang").model_dump(mode="json")
    first, *others = await asyncio.gather(*(world.file(body, key) for _ in range(5)))
    assert {answer.status_code for answer in (first, *others)} == {201}
    assert all(answer.json() == first.json() for answer in others)
    await world.timeline.one(EvaluationCompleted, complaint_id=uuid.UUID(first.json()["complaint_id"]))
    assert len(world.timeline.of(ComplaintFiled, employee_id=world.people["tuti@salor.example"].employee_id)) == 1


async def test_a_hidden_reporter_is_told_at_once_and_the_officer_with_the_daily_collection(world: World) -> None:
    officer = "dedi@salor.example"
    body = complaint(world, officer, "rahasia").model_dump(mode="json") | {"anonymous": True}
    made = uuid.UUID((await world.file(body)).json()["complaint_id"])
    told = await world.timeline.one(EvaluationCompleted, complaint_id=made)
    event_id = world.timeline.id_of(told)
    await world.timeline.several(2, NotificationAccepted, event_id=event_id, audience="citizen")
    await world.caught_up("notifications", EvaluationCompleted.topic, told.evaluation_id, 2)
    assert {one.audience for one in world.timeline.of(NotificationAccepted, event_id=event_id)} == {"citizen"}
    held = "SELECT count(*) FROM delivery WHERE event_id = $1 AND state = 'waiting' AND not_before > now()"
    assert await world.value("notifications", held, event_id) == 4
    assert not any(officer in mail.recipients for mail in world.mails())


async def test_nobody_else_reads_an_officers_result(world: World) -> None:
    answer = await world.file(complaint(world, "sari@salor.example", "pengamat").model_dump(mode="json"))
    told = await world.timeline.one(EvaluationCompleted, complaint_id=uuid.UUID(answer.json()["complaint_id"]))
    path = f"{world.stack.http('evaluation')}/evaluations/{told.evaluation_id}/explanation"
    for officer, status in (("sari@salor.example", 200), ("wawan@salor.example", 404)):
        token = await world.stack.token(["employee"], str(world.people[officer].employee_id))
        shown = await world.http.get(path, headers={"Authorization": f"Bearer {token}"})
        assert shown.status_code == status
    assert (await world.http.get(path)).status_code == 401
