"""Journey 17: a quarter of the district from a seed, on a clock that the test moves: the books of all services balance.

SALOR_SEED plays another quarter. Each test looks at one book of the same quarter, played once.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from deploy.local.demo import look
from deploy.local.demo.look import CITIZEN, EMPLOYEE, HANDLER
from deploy.local.demo.table import failed
from services.complaints.model.rows import State
from shared.events import Event
from shared.events.complaints import (
    ComplaintAnswered,
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintFiled,
    ComplaintPassedOn,
    ComplaintReferred,
    ComplaintRejected,
    ComplaintReopened,
    ComplaintWithdrawn,
    DataRequested,
    DeadlineMoved,
    DeadlineNear,
    FindingRevised,
)
from shared.events.evaluation import (
    EvaluationCompleted,
    EvaluationConfirmed,
    EvaluationOpened,
    EvaluationWithdrawn,
    PeriodAssessed,
    PeriodClosed,
    PeriodDecided,
    PeriodOpened,
)
from shared.events.training import EmployeeEnrolled, EmployeeWaitlisted, EnrolmentCancelled
from tests.journeys.conftest import FLAKY, district
from tests.journeys.living import Played
from tests.journeys.moving_clock import install
from tests.journeys.quarter import CONDUCT, DAYS, DELAY, OFFICERS, plan
from tests.journeys.still import watching
from tests.servers import Templates

SEED = int(os.environ.get("SALOR_SEED", "17"))
CLOSES_AFTER = 5
"""Working days after its last one, then a period closes (decisions-2026.1)."""
NEW = "nia@salor.example"
"""Has handled three requests: too few for any score."""
SUPERIORS = ("yanum", "lurah1", "kesra")
"""Of those who are complained about."""
TELL_CITIZENS = (
    *(ComplaintFiled, ComplaintAnswered, FindingRevised, DataRequested, ComplaintReopened, ComplaintClosed),
    *(ComplaintRejected, ComplaintPassedOn, ComplaintReferred, ComplaintWithdrawn),
)
STANDS = {
    **dict.fromkeys(("rejected", "withdrawn"), State.ARCHIVED),
    **dict.fromkeys(("passed on", "referred"), State.PASSED_ON),
}
"""How a complaint stands after its last ending; closed, unless this says else."""


@pytest.fixture(scope="module")
async def played(kafka_address: str, templates: Templates) -> AsyncIterator[Played]:
    """The quarter after today's, in a district of its own, since its clock runs ahead."""
    officers = [f"{one}@salor.example" for one in OFFICERS]
    async with (
        district(kafka_address, templates, officers, prepare=install, faults=FLAKY) as world,
        watching(world) as still,
    ):
        world.timeline.quiet = True
        since = quarter_after(world.today)
        until = quarter_after(since) - timedelta(days=1)
        quarter = Played(world, still, since, until, plan(SEED, since))
        world.say(f"quarter from {since}, SALOR_SEED={SEED}: {len(quarter.plan)} complaints")
        days = set.union(*(one.days() for one in quarter.plan))
        for day in [*sorted(days), DAYS.before(until, 0), DAYS.plus(until, CLOSES_AFTER + 1)]:
            await quarter.live(day)
        await quarter.heard()
        yield quarter


def quarter_after(day: date) -> date:
    """The first day of the quarter after a day's."""
    quarters = 4 * day.year + (day.month - 1) // 3 + 1
    return date(quarters // 4, 3 * (quarters % 4) + 1, 1)


async def test_every_clock_fires_once_on_its_day(played: Played) -> None:
    names = {str(complaint_id): f"{one.number} {one.story.name}" for one, complaint_id in played.complaints}
    planned = Counter((f"{one.number} {one.story.name}", *fires) for one in played.plan for fires in one.clocks())
    fired = Counter((names[fact.key], day, *fires) for day, fact in played.facts for fires in struck(fact))
    assert sorted((planned - fired).elements()) == []
    assert sorted((fired - planned).elements()) == []


def struck(fact: Event) -> Iterator[tuple[str, str]]:
    """What a fact says of a clock."""
    match fact:
        case DeadlineNear():
            yield fact.clock.value, str(fact.threshold)
        case ComplaintEscalated():
            yield fact.clock.value, {1: "head", 2: "camat"}[fact.level]
        case DeadlineMoved():
            yield fact.clock.value, fact.reason
        case ComplaintClosed(by="silence"):
            yield "closing", "silence"


async def test_every_state_of_the_table_is_reached(played: Played) -> None:
    assert played.states == {state.value for state in State}


async def test_each_complaint_ends_in_one_outcome(played: Played) -> None:
    endings: dict[str, list[str]] = defaultdict(list)
    for _, fact in played.facts:
        endings[fact.key] += ended(fact)
    states = {UUID(one["complaint_id"]): one["state"] for one in await played.cases()}
    for one, complaint_id in played.complaints:
        assert ", ".join(endings[str(complaint_id)]) == one.story.ends, one
        assert states[complaint_id] == STANDS.get(one.story.ends, State.CLOSED), one
    assert len(states) == len(played.plan)


def ended(fact: Event) -> Iterator[str]:
    """The ending, or its undoing, that a fact tells."""
    match fact:
        case ComplaintClosed():
            yield f"closed by {fact.by}"
        case ComplaintReopened():
            yield "reopened"
        case ComplaintRejected():
            yield "rejected"
        case ComplaintPassedOn():
            yield "passed on"
        case ComplaintReferred():
            yield "referred"
        case ComplaintWithdrawn():
            yield "withdrawn"


async def test_evaluation_has_of_each_complaint_what_became_of_it(played: Played) -> None:
    """Nobody decides here: silence confirms what its category lets it, once, and the rest stays a proposal."""
    world = played.world
    opened = {one.complaint_id: one for one in world.timeline.of(EvaluationOpened)}
    withdrawn = Counter(one.evaluation_id for one in world.timeline.of(EvaluationWithdrawn))
    confirmed = Counter(one.evaluation_id for one in world.timeline.of(EvaluationConfirmed, confirmed_by=None))
    assert len(world.timeline.of(EvaluationOpened)) == len(opened)
    for one, complaint_id in played.complaints:
        path = f"/complaints/{complaint_id}/evaluation"
        found = await world.get("evaluation", path, headers=await played.somebody("operator"))
        by_silence = one.judged and one.category in DELAY
        assert (found["reason"] or "") == one.story.unjudged, one
        assert found["status"] == (None if not one.judged else "confirmed" if by_silence else "provisional"), one
        ours = [opened[complaint_id].evaluation_id] if complaint_id in opened else []
        assert [confirmed[each] for each in ours if one.judged] == [by_silence] * one.judged, one
        assert [withdrawn[each] for each in ours] == [not one.judged] * len(ours), one
        assert found["evaluation_id"] == (str(ours[0]) if one.judged else None), one


async def test_training_has_a_place_for_each_need_that_stands(played: Played) -> None:
    timeline = played.world.timeline
    completed = timeline.of(EvaluationCompleted)
    opened = {need.need_id for one in completed for need in one.needs}
    taken_back = {need for one in completed for need in one.withdrawn}
    taken_back |= {need for one in timeline.of(EvaluationWithdrawn) for need in one.withdrawn}
    taken_back |= {need for one in timeline.of(EvaluationConfirmed) for need in one.withdrawn}
    places = Counter([one.need_id for one in timeline.of(EmployeeEnrolled)])
    places += Counter([one.need_id for one in timeline.of(EmployeeWaitlisted)])
    cancelled = Counter(one.need_id for one in timeline.of(EnrolmentCancelled))
    assert opened - taken_back, "who works late needs training"
    assert places == Counter(opened)
    assert cancelled == Counter(taken_back)


async def test_everybody_is_told_of_each_fact_once(played: Played) -> None:
    events: list[tuple[Event, tuple[str, ...]]] = []
    for _, fact in played.facts:
        if isinstance(fact, TELL_CITIZENS):
            events.append((fact, (CITIZEN,)))
        elif isinstance(fact, ComplaintEscalated) or (isinstance(fact, DeadlineNear) and fact.handler_id):
            events.append((fact, (HANDLER,)))
    assert failed(await look.told_to(played.world, "told", events)) == []


async def test_the_quarter_closes_with_a_predicate_for_all_of_whom_enough_is_known(played: Played) -> None:
    """Of whom there is no word on conduct, or who has handled too little, it says which half is missing."""
    world = played.world
    name = period(played)
    over = {name, str(played.since.year)} if played.until.month == 12 else {name}
    opened, closed = world.timeline.of(PeriodOpened), world.timeline.of(PeriodClosed)
    assert Counter(one.period for one in closed) == Counter(over)
    assert Counter(one.period for one in opened) == Counter({one.period for one in opened} | over)
    assessed = {one.employee_id: one for one in world.timeline.of(PeriodAssessed, period=name)}
    assert {one.employees for one in closed} == {len(assessed)} == {len(world.timeline.of(PeriodAssessed, period=name))}

    spoken_of = {one.officer for one in played.plan if one.judged and one.category in CONDUCT}
    spoken_of |= {one.officer for one in played.plan if one.category == "praise"}
    known = {world.people[one].employee_id for one in spoken_of - {NEW}}
    assert known
    superiors = {one.employee_id: one.superior_id for one in world.people.values()}
    for employee_id, one in assessed.items():
        reader = superiors[employee_id] or employee_id
        headers = await played.somebody("superior" if superiors[employee_id] else "employee", reader)
        shown = await world.get("evaluation", f"/assessments/{one.assessment_id}", headers=headers)
        proposal = shown["proposal"]
        assert (proposal["proposed"] is not None) == (employee_id in known), shown
        assert (proposal["conduct"] is not None) == (employee_id in known), shown


async def test_superiors_set_the_predicates_and_everybody_is_told(played: Played) -> None:
    """Who is proposed one gets it; one superior sets another, with reasons; nothing is set by silence."""
    world = played.world
    assert world.timeline.of(PeriodDecided) == []
    waiting = [one for each in SUPERIORS for one in await worklist(played, f"{each}@salor.example")]
    quarter = [one for one in waiting if one["period"] == period(played) and one["outcome"]]
    assert {one["kind"] for one in quarter} == {"decision"}
    lowered = quarter[0]
    for one in quarter:
        asked = {"predicate": "Cukup", "reasons": "Antrean lama."} if one is lowered else {}
        path = f"/employees/{one['employee_id']}/assessments/{one['assessment_id']}/decision"
        headers = await played.somebody("superior", superior_of(played, UUID(one["employee_id"])))
        stands = await world.post("evaluation", path, asked, headers=headers)
        assert stands["predicate"] == asked.get("predicate", one["outcome"])
    decided = await world.timeline.several(len(quarter), PeriodDecided)
    assert [str(one.employee_id) for one in decided if one.adjusted] == [lowered["employee_id"]]
    assert failed(await look.told_to(world, "told", [(one, (EMPLOYEE,)) for one in decided])) == []
    headers = await played.somebody("employee", UUID(lowered["employee_id"]))
    shown = await world.get("evaluation", f"/assessments/{lowered['assessment_id']}", headers=headers)
    assert (shown["proposal"]["proposed"], shown["decision"]["predicate"]) == (lowered["outcome"], "Cukup")
    assert shown["decision"]["reasons"] == "Antrean lama."


async def worklist(played: Played, superior: str) -> list[Any]:
    """What waits for a superior."""
    headers = await played.somebody("superior", played.world.people[superior].employee_id)
    page = await played.world.get("evaluation", "/worklist", headers=headers, params={"limit": 200})
    items: list[Any] = page["items"]
    return items


def superior_of(played: Played, employee_id: UUID) -> UUID | None:
    """The direct superior of somebody."""
    return next(one.superior_id for one in played.world.people.values() if one.employee_id == employee_id)


def period(played: Played) -> str:
    """The quarter that was played."""
    return f"{played.since.year}-Q{(played.since.month + 2) // 3}"


async def test_nothing_is_parked_and_reconcile_agrees(played: Played) -> None:
    assert await played.still.troubles() == []
    assert await played.still.differences() == []
