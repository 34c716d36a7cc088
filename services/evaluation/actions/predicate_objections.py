"""Keberatan to a predicate: the officer objects, the assessor is heard, the next level decides, and that is final."""

from collections.abc import Sequence

from services.evaluation.actions import cases
from services.evaluation.actions.predicates import Desk, lay, standing
from services.evaluation.model.decisions import Objection
from services.evaluation.model.periods import PeriodCase
from services.evaluation.model.requests import DecidingPredicateObjection, ObjectingToPredicate, StatingOnPredicate
from services.evaluation.rules import deciding as rules
from services.evaluation.rules.predicates import settle_objection
from services.evaluation.rules.superiors import above
from services.evaluation.rules.terms import filed_objection
from services.evaluation.store import predicates
from shared.errors import Problem
from shared.events.evaluation import PeriodObjectionDecided, PeriodObjectionFiled, Predicate, Status
from shared.messaging.tx import Cause, Tx

Decided = tuple[Cause[DecidingPredicateObjection], PeriodCase, Objection, Predicate]


async def object_to(tx: Tx, causes: Sequence[Cause[ObjectingToPredicate]]) -> None:
    """Take objections in: the predicates are suspended until they are decided."""
    desk = await lay(tx, [cause.body.assessment_id for cause in causes])
    filed: list[tuple[Cause[ObjectingToPredicate], PeriodCase, Objection]] = []
    for cause in causes:
        try:
            case = desk.own(cause.body, cause.principal)
            rules.refuse_late_objection(case, desk.today)
        except Problem as problem:
            tx.refuse(cause, problem)
        else:
            one = filed_objection(str(case.assessment_id), cause.body.reasons, tx.now, desk.calendar, desk.policy)
            filed.append((cause, case, one))
            tx.answer(cause, standing(case, Status.SUSPENDED, case.stands), status=201)
    if not filed:
        return
    await predicates.object_to(tx, [(case, one) for _, case, one in filed])
    await predicates.move(tx, {case.assessment_id: Status.SUSPENDED for _, case, _ in filed})
    for cause, case, one in filed:
        line = desk.lines[case.assessment_id]
        told = PeriodObjectionFiled(
            period=case.period,
            employee_id=case.employee_id,
            assessment_id=case.assessment_id,
            objection_id=one.objection_id,
            decides_id=above(line, rules.assessor(case, line)),
            due_on=one.due_on,
        )
        tx.tell(told, cause=cause, correlation_id=case.period)


async def state(tx: Tx, causes: Sequence[Cause[StatingOnPredicate]]) -> None:
    """Hear assessors about objections to the predicates that they set."""
    desk = await lay(tx, [cause.body.assessment_id for cause in causes])
    statements = []
    for cause in causes:
        try:
            case, by = desk.case(cause.body), cases.person(cause)
            objection = rules.refuse_statement(case, desk.lines[case.assessment_id], by)
        except Problem as problem:
            tx.refuse(cause, problem)
        else:
            statements.append((objection.objection_id, cause.body.words, by))
            tx.answer(cause, standing(case, case.status, case.stands), status=201)
    if statements:
        await predicates.state(tx, statements)


async def decide(tx: Tx, causes: Sequence[Cause[DecidingPredicateObjection]]) -> None:
    """Decide objections: upheld sets another predicate, dismissed leaves it; either is final."""
    desk = await lay(tx, [cause.body.assessment_id for cause in causes])
    decided: list[Decided] = []
    for cause in causes:
        try:
            case, objection, predicate = _decided(desk, cause)
        except Problem as problem:
            tx.refuse(cause, problem)
        else:
            decided.append((cause, case, objection, predicate))
            tx.answer(cause, standing(case, Status.FINAL, predicate))
    if decided:
        await _write(tx, decided)


def _decided(desk: Desk, cause: Cause[DecidingPredicateObjection]) -> tuple[PeriodCase, Objection, Predicate]:
    case = desk.case(cause.body)
    line = desk.lines[case.assessment_id]
    objection = rules.refuse_objection_decision(case, line, cases.person(cause), desk.today)
    assert case.decision is not None, "what is objected to was decided"
    return case, objection, settle_objection(case.decision.predicate, cause.body.upheld, cause.body.predicate)


async def _write(tx: Tx, decided: Sequence[Decided]) -> None:
    rows = [
        (one.objection_id, cause.body.upheld, cases.person(cause), predicate, cause.body.reasons)
        for cause, _, one, predicate in decided
    ]
    await predicates.decide_objections(tx, rows)
    await predicates.move(tx, {case.assessment_id: Status.FINAL for _, case, *_ in decided})
    for cause, case, one, predicate in decided:
        told = PeriodObjectionDecided(
            period=case.period,
            employee_id=case.employee_id,
            assessment_id=case.assessment_id,
            objection_id=one.objection_id,
            predicate=predicate,
            upheld=cause.body.upheld,
        )
        tx.tell(told, cause=cause, correlation_id=case.period)
