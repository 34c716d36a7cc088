"""What a front office relies on: each submission is answered, once; what is late needs no finish."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from itertools import chain
from random import Random
from typing import Any, cast

from cloudevents.http import CloudEvent
from cloudevents.kafka import KafkaMessage, to_binary, to_structured

from deploy.local.demo.scenes import complaint
from deploy.local.demo.world import World, eventually
from shared.events.complaints import ServiceDelivered, ServiceOverdue, SubmissionAccepted, SubmissionRefused
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted, ServiceCompleted, ServiceRequested
from tests.faults.rows import poison
from tests.faults.rows.poison import Poison, oversize, unreadable
from tests.journeys import strangers

SOURCE, BUSY = "urn:another-office", "urn:busy-office"
READ = """SELECT count(*) FROM unnest($2::int[], $3::bigint[]) AS sent(partition, place)
JOIN position USING (partition) WHERE topic = $1 AND next_offset > place"""
DEAD = "SELECT json_agg(json_build_array(partition, record_offset, reason)) FROM dead_letter WHERE topic = $1"
TOLD = "SELECT count(*) FROM outbox WHERE topic = 'receipts.v1' AND payload::json->>'source' = ANY($1::text[])"
Place = tuple[int, int]


def submission(body: dict[str, Any], source: str = SOURCE) -> CloudEvent:
    attributes = {"type": ComplaintSubmitted.type, "source": source, "id": str(uuid.uuid4())}
    return CloudEvent({**attributes, "datacontenttype": "application/json"}, body)


async def send(world: World, *messages: KafkaMessage) -> list[Place]:
    return await strangers.send(world.stack.kafka, world.prefix + FRONTOFFICE.name, messages)


async def test_a_submission_sent_twice_is_one_complaint(world: World) -> None:
    body = complaint(world, "sari@salor.example", "dua.kali").model_dump(mode="json")
    event = submission(body)
    marker = submission(body)
    for message in (to_binary(event), to_structured(event), to_binary(event), to_binary(marker)):
        await send(world, message)
    await world.timeline.one(SubmissionAccepted, source=SOURCE, submission=marker["id"])
    kept = "SELECT count(*) FROM complaint WHERE source = $1 AND source_event_id = $2"
    assert await world.value("complaints", kept, SOURCE, event["id"]) == 1


async def test_of_500_submissions_the_named_are_answered_once_and_all_garbage_is_a_dead_letter(world: World) -> None:
    """A tenth is garbage of every kind; and whoever is unsure of a good one sends it again, under its id."""
    chance = Random(11)
    kinds = [*oversize(ComplaintSubmitted, chance), *chain(*(unreadable(ComplaintSubmitted, chance) for _ in range(3)))]
    good = [submission({"category": "undue_delay", "text": f"Lambat, {n}."}, BUSY) for n in range(450)]
    sent: list[tuple[Poison | None, KafkaMessage]] = [(None, to_binary(event)) for event in good]
    sent += [(bad, KafkaMessage(*cast(Any, (dict(bad.headers), bad.key, bad.value)))) for bad in kinds[:50]]
    chance.shuffle(sent)
    again = [message for bad, message in sent if bad is None and chance.random() < 0.2]
    places = await send(world, *(message for _, message in sent), *again)
    await read(world, places)

    garbage = {place: bad for place, (bad, _) in zip(places, sent, strict=False) if bad}
    dead = [(place, reason) for place, reason in await dead_letters(world) if place in places]
    assert sorted(place for place, _ in dead) == sorted(garbage)
    assert [reason for place, reason in dead if not (reason and garbage[place].reason in reason)] == []

    accepted, refused = [event["id"] for event in good], [bad.answered for bad in garbage.values() if bad.answered]
    assert await world.value("complaints", TOLD, [BUSY, poison.SOURCE]) == len(accepted) + len(refused)
    await world.timeline.several(len(accepted), SubmissionAccepted, source=BUSY)
    told = await world.timeline.several(len(refused), SubmissionRefused, source=poison.SOURCE)
    assert sorted(one.submission for one in world.timeline.of(SubmissionAccepted, source=BUSY)) == sorted(accepted)
    assert sorted(one.submission for one in told) == sorted(refused)
    assert [one for one in told if not one.problems] == []


async def read(world: World, places: list[Place]) -> None:
    """Until complaints has settled what lies there."""
    partitions, offsets = zip(*places, strict=True)

    async def all_of_it() -> bool:
        return bool(await world.value("complaints", READ, FRONTOFFICE.name, partitions, offsets) == len(places))

    await eventually(all_of_it, f"{len(places)} records of {FRONTOFFICE.name} are settled")


async def dead_letters(world: World) -> list[tuple[Place, str]]:
    rows = json.loads(await world.value("complaints", DEAD, FRONTOFFICE.name) or "[]")
    return [((partition, offset), reason) for partition, offset, reason in rows]


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
