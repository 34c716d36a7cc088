"""A wrong service record: corrected by its office it moves the score, cancelled it takes the need back."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from deploy.local.demo.world import COUNTER, World
from shared.events.complaints import ServiceDelivered, SubmissionRefused
from shared.events.evaluation import EvaluationCompleted, Outcome
from shared.events.frontoffice import Corrected, ServiceCompleted, ServiceCorrected

OFFICER = "kesra@salor.example"


def late_record(world: World, days_ago: int) -> ServiceCompleted:
    """A request that took an hour, of a service that has ten minutes."""
    received = datetime.now(UTC).replace(hour=2, minute=0) - timedelta(days=days_ago)
    return ServiceCompleted(
        record_id=uuid.uuid4(),
        request_number=f"SKCK-{uuid.uuid4().hex[:8]}",
        service="skck",
        unit="trantib",
        employee_id=world.people[OFFICER].employee_id,
        received_at=received,
        completed_at=received + timedelta(hours=1),
    )


def in_time(record: ServiceCompleted) -> ServiceCorrected:
    facts = record.model_dump() | {"completed_at": record.received_at + timedelta(minutes=5)}
    return ServiceCorrected(**about(record), corrected=Corrected.model_validate(facts))


def entered_twice(record: ServiceCompleted) -> ServiceCorrected:
    return ServiceCorrected(**about(record), cancelled="entered twice")


def about(record: ServiceCompleted) -> dict[str, object]:
    return {"record_id": record.record_id, "request_number": record.request_number, "revision": 1}


async def test_a_correction_moves_the_score_and_cancellations_take_the_need_back(world: World) -> None:
    work = [late_record(world, days_ago) for days_ago in range(2, 16)]
    await world.send(*work)
    for record in work:
        await world.caught_up("evaluation", ServiceDelivered.topic, record.record_id, 1)
    officer = work[0].employee_id
    await world.file({"category": "undue_delay", "text": "Lama sekali.", "employee_id": str(officer)})
    shown = await world.timeline.one(EvaluationCompleted, employee_id=officer, revision=1)
    assert (shown.outcome, [need.test for need in shown.needs]) == (Outcome.NEED, ["skck"])

    await world.send(in_time(work[0]))
    moved = await world.timeline.one(EvaluationCompleted, employee_id=officer, revision=2)
    assert Decimal(moved.scores[0].score or 0) > Decimal(shown.scores[0].score or 0)
    assert (moved.outcome, moved.withdrawn) == (Outcome.NEED, ())

    await world.send(*(entered_twice(record) for record in work[1:6]))
    last = await world.timeline.one(EvaluationCompleted, employee_id=officer, revision=7)
    told = world.timeline.of(EvaluationCompleted, employee_id=officer)
    assert last.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert [need for event in told for need in event.withdrawn] == [shown.needs[0].need_id]

    (submission,) = await world.send(in_time(work[1]).model_copy(update={"revision": 2}))
    refused = await world.timeline.one(SubmissionRefused, source=COUNTER, submission=submission)
    assert [problem.field for problem in refused.problems] == ["record_id"]
