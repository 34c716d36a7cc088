"""A journey in ten lines, as tests/README.md shows it: copy it to begin your own."""

from __future__ import annotations

import uuid

from deploy.local.demo.scenes import complaint
from deploy.local.demo.world import World
from shared.events.evaluation import EvaluationCompleted, Outcome
from shared.events.notifications import NotificationAccepted


async def test_an_officer_whose_work_is_as_usual_is_told_so_and_sent_to_no_course(world: World) -> None:
    report = complaint(world, "putu@salor.example", citizen="ayu")
    answer = await world.file(report.model_dump(mode="json"))
    complaint_id = uuid.UUID(answer.json()["complaint_id"])

    judged = await world.timeline.one(EvaluationCompleted, complaint_id=complaint_id)
    assert (judged.outcome, judged.needs) == (Outcome.ISOLATED, ())

    event_id = world.timeline.id_of(judged)
    await world.timeline.one(NotificationAccepted, event_id=event_id, audience="employee", channel="email")
    assert any("putu@salor.example" in mail.recipients for mail in world.mails())
