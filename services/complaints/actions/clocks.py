"""The clocks of complaints: set by whatever moves a case, and heeded as they run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import structlog
from asyncpg import Record

from services.complaints.actions import policies
from services.complaints.model.clocks import Closing, Course, Escalating, Nearing, Step, Ticking
from services.complaints.model.policies import ClocksPolicy
from services.complaints.model.rows import Complaint, State
from services.complaints.rules import clocks as rules
from services.complaints.store import clocks as store
from shared.clock import WorkingDays
from shared.events.complaints import Clock, ComplaintEscalated, DeadlineMoved, DeadlineNear
from shared.messaging.timers import schedule, unschedule
from shared.messaging.tx import Cause, Tx

log = structlog.get_logger()

TIMER = "complaint_clock"
RECOUNT = "recount_clocks"


@dataclass(frozen=True, slots=True)
class _Case:
    """A case in this batch: why it is looked at, what its clocks are judged by, and how they stand by now."""

    cause: Cause[Any]
    course: Course
    policy: ClocksPolicy
    clocks: dict[Clock, Ticking]
    changed: set[Clock]

    def set(self, ticking: Ticking) -> None:
        """Note how a clock stands."""
        self.clocks[ticking.clock] = ticking
        self.changed.add(ticking.clock)


async def start(tx: Tx, filed: Sequence[tuple[Cause[Any], Complaint]]) -> None:
    """Set the clocks of complaints that are filed in this batch: what they are judged by need not be read."""
    await _write(tx, [_case(tx, cause, _filed(tx, complaint), {}) for cause, complaint in filed])


async def wind(tx: Tx, moved: Mapping[UUID, Cause[Any]]) -> None:
    """Set the clocks of complaints that something moved, by how they stand now, and tell which deadlines are others.

    Sound only under the names ("complaint", id).
    """
    if moved:
        await _write(tx, await _cases(tx, moved))


async def tick(tx: Tx, causes: Sequence[Cause[str]]) -> dict[UUID, Cause[str]]:
    """Do what is due about clocks: warn and escalate. Gives the complaints that silence closes, for `close_silent`.

    A calendar that is another by now is heeded first, so that nobody is told of a day that a decree has moved.
    """
    cases = await _cases(tx, {UUID(cause.body): cause for cause in causes})
    due = [(case, ticking, step) for case in cases for ticking, step in _due(tx, case)]
    heads = await store.heads(tx, {case.course.unit for case, _, step in due if case.course.unit})
    for case, ticking, step in due:
        _take(tx, case, ticking, step, heads)
    await _write(tx, cases)
    return {case.course.complaint_id: case.cause for case, _, step in due if step == Closing()}


async def recount(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Let clocks be looked at, each under its own lock, that were counted by another calendar than today's."""
    found = await store.counted_otherwise(tx, policies.calendar(tx).version)
    await schedule(tx, TIMER, [(str(complaint_id), tx.now) for complaint_id in found])


async def _cases(tx: Tx, moved: Mapping[UUID, Cause[Any]]) -> list[_Case]:
    rows = await store.cases(tx, moved)
    turns, known = await store.turns(tx, moved), await store.clocks(tx, moved)
    return [_case(tx, moved[row["complaint_id"]], _course(tx, row, turns), known) for row in rows]


def _case(tx: Tx, cause: Cause[Any], course: Course, known: Mapping[UUID, Mapping[Clock, Ticking]]) -> _Case:
    """A case with its clocks as they have to stand; what moved is told."""
    case = _Case(cause, course, policies.clocks(tx, course.filed_on), dict(known.get(course.complaint_id, {})), set())
    calendar, today = policies.calendar(tx).version, policies.local_day(tx, tx.now)
    for one in rules.plan(course, case.clocks, case.policy, policies.working_days(tx), calendar=calendar, today=today):
        case.set(one.ticking)
        if one.moved:
            _tell_moved(tx, case, one.ticking, one.moved)
    return case


def _filed(tx: Tx, complaint: Complaint) -> Course:
    return Course(
        complaint_id=complaint.complaint_id,
        state=complaint.state,
        kind=_kind(tx, complaint.filed_on, complaint.category),
        filed_on=complaint.filed_on,
    )


def _course(tx: Tx, row: Record, turns: Mapping[UUID, Sequence[Record]]) -> Course:
    marks = [(turn["kind"], policies.local_day(tx, turn["at"])) for turn in turns.get(row["complaint_id"], ())]
    return Course(
        complaint_id=row["complaint_id"],
        state=State(row["state"]),
        kind=_kind(tx, row["filed_on"], row["category"]),
        filed_on=row["filed_on"],
        verified_on=policies.local_day(tx, row["verified_at"]) if row["verified_at"] else None,
        answered_on=policies.local_day(tx, row["answered_at"]) if row["answered_at"] else None,
        reopened_on=rules.reopened_on(marks),
        pauses=rules.pauses(marks),
        unit=row["unit"],
        handler_id=row["handler_id"],
        barred=frozenset(one for one in (row["employee_id"], row["superior_id"]) if one),
    )


def _kind(tx: Tx, filed_on: date, code: str) -> str:
    """The class of a category; of one that the taxonomy of its day does not know, none."""
    category = policies.categories(tx, filed_on).category(code)
    return category.kind if category else ""


def _tell_moved(tx: Tx, case: _Case, ticking: Ticking, reason: str) -> None:
    about = {"complaint_id": ticking.complaint_id, "clock": ticking.clock, "due_on": ticking.due_on}
    tx.tell(DeadlineMoved(**about, reason=reason), cause=case.cause)


def _due(tx: Tx, case: _Case) -> list[tuple[Ticking, Step]]:
    found = []
    days = policies.working_days(tx)
    for ticking in case.clocks.values():
        step = rules.due_step(_steps(tx, case, ticking, days), tx.now)
        if step is not None:
            found.append((ticking, step))
    return found


def _steps(tx: Tx, case: _Case, ticking: Ticking, days: WorkingDays) -> rules.Steps:
    handled = case.course.handler_id is not None
    return rules.steps(ticking, case.course.kind, case.policy, days, handled=handled, now=tx.now)


def _take(tx: Tx, case: _Case, ticking: Ticking, step: Step, heads: Mapping[str | None, Sequence[UUID | None]]) -> None:
    """Tell a step and note that it was taken."""
    complaint_id, course = case.course.complaint_id, case.course
    about = {"complaint_id": complaint_id, "clock": ticking.clock, "due_on": ticking.due_on}
    to = None
    match step:
        case Nearing(left):
            tx.tell(DeadlineNear(**about, handler_id=course.handler_id, threshold=left), cause=case.cause)
        case Escalating():
            to = rules.next_above(ticking.level, heads.get(course.unit, heads[None]), course.told_nothing)
            if to is None:
                log.warning("escalation_reaches_nobody", complaint_id=str(complaint_id), clock=ticking.clock.value)
            else:
                tx.tell(ComplaintEscalated(**about, level=to[0], to_id=to[1]), cause=case.cause)
        case Closing():
            pass  # told by the verb that closes
    case.set(rules.taken(ticking, step, to, policies.local_day(tx, tx.now)))


async def _write(tx: Tx, cases: Sequence[_Case]) -> None:
    """Keep what changed, and look again when the next thing is due."""
    days = policies.working_days(tx)
    await store.save_clocks(tx, [case.clocks[clock] for case in cases for clock in case.changed])
    ahead, done = [], []
    for case in cases:
        moments = [moment for one in case.clocks.values() for moment, _ in _steps(tx, case, one, days)]
        if moments:
            ahead.append((str(case.course.complaint_id), min(moments)))
        else:
            done.append(str(case.course.complaint_id))
    if ahead:
        await schedule(tx, TIMER, ahead)
    if done:
        await unschedule(tx, TIMER, done)
