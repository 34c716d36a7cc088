"""What evaluations say afterwards: whatever lost its cause ends, and nothing else; what it frees goes to the first."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.training.api import enrolments as api
from services.training.api import sessions
from services.training.app import service
from services.training.model.commands import Leave, OfSession, SignUp
from services.training.model.enrolments import State
from services.training.store import enrolments
from shared.errors import Problem
from shared.events import training as told
from shared.events.evaluation import (
    EvaluationCompleted,
    EvaluationConfirmed,
    EvaluationWithdrawn,
    Need,
    ObjectionDecided,
    ObjectionFiled,
    Outcome,
    Status,
)
from shared.policy import Policies
from tests.servers import Database
from tests.services.training.given import KTP, about, begin, completed, load, need, scheduled, seed
from tests.support import Bench, bench


def withdrawing(first: EvaluationCompleted) -> EvaluationCompleted:
    """A revision that takes back whatever the first one opened."""
    taken = tuple(each.need_id for each in first.needs)
    return first.model_copy(update={"revision": 2, "needs": (), "withdrawn": taken})


def of(first: EvaluationCompleted, **more: Any) -> dict[str, Any]:
    """What every later fact of the same evaluation says."""
    keep = ("evaluation_id", "employee_id", "visibility")
    return {name: getattr(first, name) for name in keep} | more


def confirmed(first: EvaluationCompleted, *needs: Need, **more: Any) -> EvaluationConfirmed:
    given = of(first, revision=2, outcome=Outcome.NEED, needs=needs, confirmed_by=uuid4(), adjusted=False)
    return EvaluationConfirmed(**given | more)


def objected(first: EvaluationCompleted) -> ObjectionFiled:
    return ObjectionFiled(**of(first, objection_id=uuid4(), decides_id=None, due_on="2026-03-20"))


def decided(first: EvaluationCompleted, *needs: Need, **more: Any) -> ObjectionDecided:
    given = of(first, revision=3, outcome=Outcome.NEED, needs=needs, objection_id=uuid4(), upheld=False)
    return ObjectionDecided(**given | more)


async def states(training: Bench, *employees: UUID) -> list[list[str]]:
    found = [await enrolments.enrolments(training.pool, each, hidden=True) for each in employees]
    return [[one.state.value for one in each] for each in found]


def kinds(events: list[Any], employee: UUID) -> list[str]:
    return [type(event).__name__ for event in events if event.employee_id == employee]


async def test_a_need_that_is_taken_back_ends_alone_and_its_seat_goes_to_the_first_in_line(training: Bench) -> None:
    first, _, third, fourth = events = [completed(KTP) for _ in range(4)]
    await training.events(events)
    await training.events([withdrawing(first)])
    who = [event.employee_id for event in events]
    assert await states(training, *who) == [["cancelled"], ["enrolled"], ["enrolled"], ["waitlisted"]]
    cancelled, promoted = (await about(training))[4:]
    assert isinstance(cancelled, told.EnrolmentCancelled)
    assert (cancelled.employee_id, cancelled.reason) == (first.employee_id, "need withdrawn")
    assert isinstance(promoted, told.EmployeePromoted)
    assert (promoted.employee_id, promoted.need_id) == (third.employee_id, third.needs[0].need_id)
    assert kinds(await about(training), fourth.employee_id) == ["EmployeeWaitlisted"]


async def test_another_need_for_the_same_weakness_takes_over_what_its_withdrawn_one_had(training: Bench) -> None:
    first = completed(KTP)
    other = completed(KTP, employee=first.employee_id)
    await training.events([first])
    await training.events([completed(KTP), completed(KTP), other])
    assert await states(training, first.employee_id) == [["enrolled", "covered"]]
    await training.events([EvaluationWithdrawn(**of(first, reason="reassigned", withdrawn=[first.needs[0].need_id]))])
    assert await states(training, first.employee_id) == [["cancelled", "enrolled"]]
    cancelled, seated = (await about(training))[3:]
    assert isinstance(cancelled, told.EnrolmentCancelled)
    assert isinstance(seated, told.EmployeeEnrolled)
    assert seated.need_id == other.needs[0].need_id


async def test_an_objection_gives_the_seat_back_and_keeps_the_place_in_line(training: Bench) -> None:
    first, second, *_ = events = [completed(KTP) for _ in range(4)]
    who = [event.employee_id for event in events]
    await training.events([*events, objected(first)])
    assert await states(training, *who) == [["suspended"], ["enrolled"], ["enrolled"], ["waitlisted"]]
    await training.events([decided(first, *first.needs)])
    assert await states(training, *who) == [["waitlisted"], ["enrolled"], ["enrolled"], ["waitlisted"]]
    (waits,) = await enrolments.enrolments(training.pool, first.employee_id, hidden=True)
    assert (waits.in_line, waits.reason) == (1, "all seats are taken")
    assert kinds(await about(training), first.employee_id) == [
        "EmployeeEnrolled",
        "EnrolmentCancelled",
        "EmployeeWaitlisted",
    ]
    await training.events([withdrawing(second)])
    assert await states(training, *who) == [["enrolled"], ["cancelled"], ["enrolled"], ["waitlisted"]]


async def test_an_objection_that_is_upheld_ends_what_it_suspended(training: Bench) -> None:
    first = completed(KTP)
    taken = [first.needs[0].need_id]
    await training.events([first, objected(first), decided(first, upheld=True, withdrawn=taken)])
    assert await states(training, first.employee_id) == [["cancelled"]]
    assert kinds(await about(training), first.employee_id) == ["EmployeeEnrolled", "EnrolmentCancelled"]


async def test_a_need_that_the_superior_adds_or_takes_back_is_followed(training: Bench) -> None:
    first, added = completed(KTP), need("coach", "coach")
    await training.events([first])
    await training.events([confirmed(first, added, withdrawn=[first.needs[0].need_id], adjusted=True)])
    assert await states(training, first.employee_id) == [["cancelled", "waitlisted"]]


async def test_a_policy_lets_a_need_wait_for_its_confirmation(database: Database, tmp_path: Path) -> None:
    async with bench(service, await database("training")) as training:
        (policy,) = training.policies.known["enrolment"]
        waits = policy.model_copy(update={"waits_for_confirmation": True})
        training.runner.policies = Policies({**training.policies.known, "enrolment": (waits,)})
        await load(training, seed(tmp_path))
        first, other = completed(KTP), completed(KTP, status=Status.CONFIRMED)
        await training.events([first, other])
        assert await states(training, first.employee_id, other.employee_id) == [["proposed"], ["enrolled"]]
        (shown,) = await enrolments.enrolments(training.pool, first.employee_id, hidden=True)
        assert shown.reason == "awaits confirmation"
        await training.events([confirmed(first, *first.needs)])
        assert await states(training, first.employee_id) == [["enrolled"]]
        assert kinds(await about(training), first.employee_id) == ["EmployeeEnrolled"]


async def test_an_employee_cancels_before_the_start_and_nobody_else_does(training: Bench) -> None:
    events = [completed(KTP) for _ in range(3)]
    await training.events(events)
    who = [event.employee_id for event in events]
    (mine,) = await enrolments.enrolments(training.pool, who[0], hidden=True)
    with pytest.raises(Problem, match="Not found"):
        await training.command(api.LEAVE, Leave(enrolment_id=mine.enrolment_id, employee_id=who[1]))
    await training.command(api.LEAVE, Leave(enrolment_id=mine.enrolment_id, employee_id=who[0]))
    assert await states(training, *who) == [["cancelled"], ["enrolled"], ["enrolled"]]
    with pytest.raises(Problem, match="nothing to cancel"):
        await training.command(api.LEAVE, Leave(enrolment_id=mine.enrolment_id, employee_id=who[0]))
    (other,) = await enrolments.enrolments(training.pool, who[1], hidden=True)
    assert other.session_id
    await begin(training, other.session_id)
    with pytest.raises(Problem, match="has begun"):
        await training.command(api.LEAVE, Leave(enrolment_id=other.enrolment_id, employee_id=who[1]))


FREE = """SELECT session_id, course, seats - (SELECT count(DISTINCT employee_id) FROM enrolment
    WHERE enrolment.session_id = session.session_id) AS free
FROM session WHERE starts_at > now() AND cancelled_at IS NULL"""


async def test_whatever_comes_side_by_side_no_seat_is_taken_twice_or_stands_empty(training: Bench) -> None:
    """Needs, what takes them back, objections, sessions that open and close, and those who come by themselves."""
    events = [completed(KTP) for _ in range(12)]
    first = [training.record(event) for event in events]
    later = [training.record(withdrawing(event)) for event in events[:3]]
    later += [training.record(objected(event)) for event in events[3:5]]
    doomed = await scheduled(training, seats=2, days=40)
    await asyncio.gather(
        *(training.records([record]) for record in first),
        *(training.records([record]) for record in later),
        *(_sign_up(training, doomed) for _ in range(3)),
        scheduled(training, seats=3),
        training.command(sessions.CANCEL, OfSession(session_id=doomed), principal="operator"),
    )
    await training.sweep()
    free = await training.pool.fetch(FREE)
    waiting = await enrolments.everybody(training.pool, State.WAITLISTED)
    assert {row["free"] for row in free} == {0}
    assert len(free) == 2
    assert len(waiting) == 12 - 5 - 5
    assert sorted(one.in_line or 0 for one in waiting) == [1, 2]
    assert list(await training.pool.fetch("SELECT 1 FROM parked")) == []


async def _sign_up(training: Bench, session_id: UUID) -> None:
    """Whoever comes when it is full or cancelled is refused."""
    asked = SignUp(session_id=session_id, employee_id=uuid4())
    with suppress(Problem):
        await training.command(api.SIGN_UP, asked, principal=str(asked.employee_id))
