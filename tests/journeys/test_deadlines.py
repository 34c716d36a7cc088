"""Journey 12: nobody answers in time. The office is warned, then whoever is above; the citizen sees the same clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, time
from typing import Any

import pytest

from deploy.local.demo import people
from deploy.local.demo.look import CITIZEN, HANDLER
from deploy.local.demo.people import Filed
from deploy.local.demo.world import ZONE, World
from shared.clock import WorkingDays
from shared.events.complaints import Clock, ComplaintClosed, ComplaintEscalated, DeadlineNear, Finding
from tests.journeys.conftest import FLAKY, district
from tests.journeys.moving_clock import install, move
from tests.journeys.test_handling import told
from tests.servers import Templates

DAYS = WorkingDays(ZONE)
OFFICER, CAMAT = "nia@salor.example", "camat@salor.example"
MORNING = time(8, 1)


@pytest.fixture
async def moving(kafka_address: str, templates: Templates) -> AsyncIterator[World]:
    """A small district of its own, since its clock runs ahead."""
    async with district(kafka_address, templates, [OFFICER], prepare=install, faults=FLAKY) as world:
        yield world


async def test_who_does_not_answer_is_warned_then_passed_over_and_silence_closes(moving: World) -> None:
    filed = await people.file(moving, "menunggu", employee_id=str(moving.people[OFFICER].employee_id))
    handler, camat = (moving.people[one].employee_id for one in (people.HANDLER, CAMAT))
    await people.handle(moving, filed.complaint_id, "handle")
    await people.handle(moving, filed.complaint_id, "verify")
    due = (await clocks(moving, filed))[Clock.FIRST_ANSWER]

    await move(moving, morning(DAYS.before(due, 2)))
    near = await moving.timeline.one(DeadlineNear, complaint_id=filed.complaint_id)
    assert (near.clock, near.threshold, near.due_on) == (Clock.FIRST_ANSWER, 2, due)
    assert near.handler_id == handler
    await told(moving, (near, (HANDLER,)))

    await move(moving, morning(DAYS.plus(due, 2)))
    passed = await moving.timeline.one(ComplaintEscalated, complaint_id=filed.complaint_id)
    assert (passed.clock, passed.due_on, passed.level) == (Clock.FIRST_ANSWER, due, 2)
    assert passed.to_id == camat, "the unit's head leads the officer, and is passed over"
    await told(moving, (passed, (HANDLER,)))
    assert (await clocks(moving, filed))[Clock.FIRST_ANSWER] == due

    await people.answer(moving, filed.complaint_id, Finding.UPHELD)
    left = await clocks(moving, filed)
    assert left.keys() == {Clock.CLOSING}
    await move(moving, morning(DAYS.plus(left[Clock.CLOSING], 1)))
    closed = await moving.timeline.one(ComplaintClosed, complaint_id=filed.complaint_id)
    assert closed.by == "silence"
    await told(moving, (closed, (CITIZEN,)))
    assert await clocks(moving, filed) == {}
    assert moving.timeline.of(ComplaintEscalated) == [passed]


def morning(day: date) -> datetime:
    """Once the office has opened."""
    return datetime.combine(day, MORNING, ZONE)


async def clocks(world: World, filed: Filed) -> dict[Clock, date]:
    """The clocks of a case that run, by their last days: the citizen sees the same as the officer."""
    sub = world.people[people.HANDLER].employee_id
    officers: Any = await world.get("complaints", f"/cases/{filed.complaint_id}", ["officer"], sub)
    citizens = await people.tracked(world, filed)
    assert citizens["clocks"] == officers["clocks"]
    return {Clock(one["clock"]): date.fromisoformat(one["due_on"]) for one in citizens["clocks"]}
