"""The direct superior sets the predicate of a period: as proposed, or another with reasons; or silence confirms."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from services.evaluation.actions import cases
from services.evaluation.actions.policies import deciding
from services.evaluation.model.decisions import DecisionPolicy
from services.evaluation.model.periods import Assessment, PeriodCase
from services.evaluation.model.requests import DecidingPredicate, PredicateStanding
from services.evaluation.rules import deciding as rules
from services.evaluation.rules.predicates import settle
from services.evaluation.rules.states import Verb
from services.evaluation.rules.terms import objection_until, period_silent_until
from services.evaluation.store import predicates
from shared.clock import WorkingDays
from shared.errors import Problem
from shared.events.evaluation import PeriodDecided, Predicate, Status
from shared.messaging.timers import schedule
from shared.messaging.tx import Cause, Tx

SILENCE = "period silence"

Decided = tuple[Cause[Any], PeriodCase, Predicate, UUID | None, str | None]


class AboutPeriod(Protocol):
    """Which officer and assessment a request is about."""

    employee_id: UUID
    assessment_id: UUID


@dataclass(frozen=True, slots=True)
class Desk:
    """Cases by assessment, and of each who may decide, the nearest first."""

    today: date
    calendar: WorkingDays
    policy: DecisionPolicy
    cases: Mapping[UUID, PeriodCase]
    lines: Mapping[UUID, tuple[UUID, ...]]

    def case(self, about: AboutPeriod) -> PeriodCase:
        """The case of a request. Raises Problem 404 where it is not that officer's."""
        found = self.cases.get(about.assessment_id)
        if found is None or found.employee_id != about.employee_id:
            raise _unknown()
        return found

    def own(self, about: AboutPeriod, by: str) -> PeriodCase:
        """The case of a request of the officer itself. Raises Problem 404."""
        found = self.case(about)
        if by != str(found.employee_id):
            raise _unknown()
        return found


async def lay(tx: Tx, assessments: Collection[UUID]) -> Desk:
    """The desk with these assessments on it."""
    calendar = WorkingDays(tx.settings.zone)
    today = calendar.local_day(tx.now)
    found = await predicates.cases_of(tx, assessments)
    lines = await cases.lines_of(tx, {one: case.employee_id for one, case in found.items()}, today)
    return Desk(today, calendar, deciding(tx)(today), found, lines)


async def decide(tx: Tx, causes: Sequence[Cause[DecidingPredicate]]) -> None:
    """Set predicates. What was proposed stays stored beside what counts."""
    desk = await lay(tx, [cause.body.assessment_id for cause in causes])
    decided: list[Decided] = []
    for cause in causes:
        asked = cause.body
        try:
            case, by = desk.case(asked), cases.person(cause)
            rules.refuse_assessor(desk.lines[case.assessment_id], by)
            rules.moved(case, Verb.CONFIRM)
            predicate = settle(case.proposed, asked.predicate, asked.reasons)
        except Problem as problem:
            tx.refuse(cause, problem)
        else:
            decided.append((cause, case, predicate, by, asked.reasons))
            tx.answer(cause, standing(case, Status.CONFIRMED, predicate))
    await _write(tx, desk, decided)


async def await_silence(tx: Tx, assessed: Sequence[Assessment]) -> None:
    """Look at new assessments when the superior's time is over, where policy lets silence confirm."""
    calendar = WorkingDays(tx.settings.zone)
    today = calendar.local_day(tx.now)
    ends = period_silent_until(today, deciding(tx)(today), calendar)
    if ends is not None:
        dues = [(f"{one.assessment_id} {one.employee_id}", calendar.end_of(ends)) for one in assessed]
        await schedule(tx, SILENCE, dues)


async def confirm_by_silence(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Confirm proposed predicates that nobody decided in time. Where nothing is proposed, a person still has to."""
    due = {UUID(cause.body.split()[0]): cause for cause in causes}
    desk = await lay(tx, due)
    waiting = [(cause, desk.cases[one]) for one, cause in due.items()]
    decided: list[Decided] = [
        (cause, case, case.proposed, None, None)
        for cause, case in waiting
        if case.status is Status.PROVISIONAL and case.proposed is not None
    ]
    await _write(tx, desk, decided)


async def _write(tx: Tx, desk: Desk, decided: Sequence[Decided]) -> None:
    if not decided:
        return
    until = objection_until(desk.today, desk.policy)
    await predicates.decide(tx, [(case, predicate, by, reasons) for _, case, predicate, by, reasons in decided], until)
    await predicates.move(tx, {case.assessment_id: Status.CONFIRMED for _, case, *_ in decided})
    for cause, case, predicate, by, _ in decided:
        told = PeriodDecided(
            period=case.period,
            employee_id=case.employee_id,
            assessment_id=case.assessment_id,
            predicate=predicate,
            decided_by=by,
            adjusted=predicate is not case.proposed,
            objection_until=until,
        )
        tx.tell(told, cause=cause, correlation_id=case.period)


def standing(case: PeriodCase, status: Status, predicate: Predicate | None) -> PredicateStanding:
    """How a period's predicate stands."""
    return PredicateStanding(assessment_id=case.assessment_id, period=case.period, status=status, predicate=predicate)


def _unknown() -> Problem:
    return Problem(404, "not-found", "Not found", "There is no such assessment, or it is not yours.")
