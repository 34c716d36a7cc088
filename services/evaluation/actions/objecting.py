"""Keberatan: the officer objects, the assessor is heard, the assessor's superior decides, and that is final."""

from collections.abc import Sequence

from services.evaluation.actions import cases
from services.evaluation.actions.cases import Desk
from services.evaluation.actions.deciding import standing, unchanged
from services.evaluation.model.decisions import Case, Objection, Settled
from services.evaluation.model.requests import DecidingObjection, Objecting, Stating
from services.evaluation.rules import deciding as rules
from services.evaluation.rules.superiors import above
from services.evaluation.rules.terms import filed_objection
from services.evaluation.store import decisions
from shared.errors import Problem
from shared.events.evaluation import ObjectionDecided, ObjectionFiled, Status
from shared.messaging.tx import Cause, Tx


async def object_to(tx: Tx, causes: Sequence[Cause[Objecting]]) -> None:
    """Take objections in: the effects are suspended until they are decided."""
    desk = await cases.lay(tx, [cause.body.evaluation_id for cause in causes])
    filed: list[tuple[Cause[Objecting], Case, Objection]] = []
    for cause in causes:
        try:
            case = desk.own(cause.body, cause.principal)
            rules.refuse_late_objection(case, desk.today)
        except Problem as problem:
            tx.refuse(cause, problem)
        else:
            about = f"{case.evaluation_id} {case.revision}"
            one = filed_objection(about, cause.body.reasons, desk.now, desk.calendar, desk.policy)
            filed.append((cause, case, one))
            tx.answer(cause, unchanged(case, Status.SUSPENDED), status=201)
    if not filed:
        return
    await decisions.object_to(tx, [(case, one) for _, case, one in filed])
    await decisions.move(tx, {case.evaluation_id: Status.SUSPENDED for _, case, _ in filed})
    for cause, case, one in filed:
        line = desk.lines[case.evaluation_id]
        told = ObjectionFiled(
            evaluation_id=case.evaluation_id,
            employee_id=case.employee_id,
            visibility=case.visibility,
            objection_id=one.objection_id,
            decides_id=above(line, rules.assessor(case, line)),
            due_on=one.due_on,
        )
        tx.tell(told, cause=cause, correlation_id=str(case.complaint_id))


async def state(tx: Tx, causes: Sequence[Cause[Stating]]) -> None:
    """Hear assessors about objections to what they decided."""
    desk = await cases.lay(tx, [cause.body.evaluation_id for cause in causes])
    statements = []
    for cause in causes:
        try:
            case, by = desk.case(cause.body), cases.person(cause)
            objection = rules.refuse_statement(case, desk.lines[case.evaluation_id], by)
        except Problem as problem:
            tx.refuse(cause, problem)
        else:
            statements.append((objection.objection_id, cause.body.words, by))
            tx.answer(cause, unchanged(case), status=201)
    if statements:
        await decisions.state(tx, statements)


async def decide(tx: Tx, causes: Sequence[Cause[DecidingObjection]]) -> None:
    """Decide objections: upheld sets the result, dismissed leaves it; either is final."""
    desk = await cases.lay(tx, [cause.body.evaluation_id for cause in causes])
    decided: list[tuple[Cause[DecidingObjection], Case, Objection, Settled]] = []
    for cause in causes:
        try:
            case, objection, settled = _decided(desk, cause)
        except Problem as problem:
            tx.refuse(cause, problem)
        else:
            decided.append((cause, case, objection, settled))
            tx.answer(cause, standing(case, Status.FINAL, settled))
    if decided:
        await _write(tx, decided)


def _decided(desk: Desk, cause: Cause[DecidingObjection]) -> tuple[Case, Objection, Settled]:
    asked, case = cause.body, desk.case(cause.body)
    line = desk.lines[case.evaluation_id]
    objection = rules.refuse_objection_decision(case, line, cases.person(cause), desk.today)
    assert case.decision is not None, "what is objected to was decided"
    settled = desk.settle(case, case.decision.outcome, asked.outcome, asked.needs)
    rules.refuse_empty_upholding(asked.upheld, settled)
    return case, objection, settled


async def _write(tx: Tx, decided: Sequence[tuple[Cause[DecidingObjection], Case, Objection, Settled]]) -> None:
    rows = [
        (one.objection_id, cause.body.upheld, cases.person(cause), settled, cause.body.reasons)
        for cause, _, one, settled in decided
    ]
    await decisions.decide_objections(tx, rows)
    await decisions.move(tx, {case.evaluation_id: Status.FINAL for _, case, *_ in decided})
    await cases.set_needs(tx, [(case, settled) for _, case, _, settled in decided])
    for cause, case, one, settled in decided:
        told = ObjectionDecided(
            evaluation_id=case.evaluation_id,
            employee_id=case.employee_id,
            visibility=case.visibility,
            revision=case.revision,
            outcome=settled.outcome,
            needs=settled.needs,
            withdrawn=settled.withdrawn,
            objection_id=one.objection_id,
            upheld=cause.body.upheld,
        )
        tx.tell(told, cause=cause, correlation_id=str(case.complaint_id))
