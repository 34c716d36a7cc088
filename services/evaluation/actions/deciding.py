"""The officer replies; the direct superior confirms or adjusts, with reasons; or silence confirms."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.evaluation.actions import cases
from services.evaluation.actions.cases import Desk
from services.evaluation.model.decisions import Case, Settled
from services.evaluation.model.requests import Deciding, Replying, Standing
from services.evaluation.rules import deciding as rules
from services.evaluation.rules.states import Verb
from services.evaluation.rules.terms import objection_until
from services.evaluation.store import decisions
from shared.errors import Problem
from shared.events.evaluation import EvaluationConfirmed, Status
from shared.messaging.tx import Cause, Tx, derived_id

Decided = tuple[Cause[Any], Case, Settled, UUID | None, str | None]


async def reply(tx: Tx, causes: Sequence[Cause[Replying]]) -> None:
    """Keep what officers say about their results; the superior reads it before deciding."""
    desk = await cases.lay(tx, [cause.body.evaluation_id for cause in causes])
    replies = []
    for cause in causes:
        try:
            case = desk.own(cause.body, cause.principal)
            rules.refuse_reply(case, cause.body.revision)
        except Problem as problem:
            tx.refuse(cause, problem)
        else:
            reply_id = derived_id(tx.now, f"reply {cause.id}".encode())
            replies.append((reply_id, case.evaluation_id, cause.body.revision, cause.body.words))
            tx.answer(cause, unchanged(case), status=201)
    if replies:
        await decisions.reply(tx, replies)


def unchanged(case: Case, status: Status | None = None) -> Standing:
    """How a result stands where nothing was decided about it; under another status where it has one now."""
    return Standing(
        evaluation_id=case.evaluation_id,
        status=status or case.status,
        revision=case.revision,
        outcome=case.decision.outcome if case.decision else case.result.outcome,
        needs=[need.test for need in case.needs],
    )


async def confirm(tx: Tx, causes: Sequence[Cause[Deciding]]) -> None:
    """Confirm or adjust provisional results. The computed one stays stored beside what counts."""
    desk = await cases.lay(tx, [cause.body.evaluation_id for cause in causes])
    decided: list[Decided] = []
    for cause in causes:
        try:
            case, settled = _confirmed(desk, cause)
        except Problem as problem:
            tx.refuse(cause, problem)
        else:
            decided.append((cause, case, settled, cases.person(cause), cause.body.reasons))
            tx.answer(cause, standing(case, Status.CONFIRMED, settled))
    await _write(tx, desk, decided)


def _confirmed(desk: Desk, cause: Cause[Deciding]) -> tuple[Case, Settled]:
    asked, case = cause.body, desk.case(cause.body)
    rules.refuse_assessor(desk.lines[case.evaluation_id], cases.person(cause))
    rules.moved(case, Verb.CONFIRM)
    rules.refuse_outdated(case, asked.revision)
    rules.refuse_unheard(case, desk.terms(case), desk.today)
    settled = desk.settle(case, case.result.outcome, asked.outcome, asked.needs)
    rules.refuse_without_reasons(settled, asked.reasons)
    return case, settled


async def confirm_by_silence(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Confirm what nobody decided in time, where policy lets silence do so. A revision has begun the time anew."""
    due = {UUID(cause.body.split()[0]): cause for cause in causes}
    desk = await cases.lay(tx, due)
    decided: list[Decided] = []
    for evaluation, cause in due.items():
        case = desk.cases[evaluation]
        until = desk.terms(case).silent_until
        if case.status is Status.PROVISIONAL and until is not None and desk.today > until:
            decided.append((cause, case, desk.settle(case, case.result.outcome, None, None), None, None))
    await _write(tx, desk, decided)


async def _write(tx: Tx, desk: Desk, decided: Sequence[Decided]) -> None:
    if not decided:
        return
    rows = [
        (case, settled, by, reasons, objection_until(cases.received_on(tx, case, desk), desk.policy))
        for _, case, settled, by, reasons in decided
    ]
    await decisions.decide(tx, rows)
    await decisions.move(tx, {case.evaluation_id: Status.CONFIRMED for _, case, *_ in decided})
    await cases.set_needs(tx, [(case, settled) for _, case, settled, *_ in decided])
    for cause, case, settled, by, _ in decided:
        confirmed = EvaluationConfirmed(
            evaluation_id=case.evaluation_id,
            employee_id=case.employee_id,
            visibility=case.visibility,
            revision=case.revision,
            outcome=settled.outcome,
            needs=settled.needs,
            withdrawn=settled.withdrawn,
            confirmed_by=by,
            adjusted=settled.adjusted,
        )
        tx.tell(confirmed, cause=cause, correlation_id=str(case.complaint_id))


def standing(case: Case, status: Status, settled: Settled) -> Standing:
    """How a result stands after a decision."""
    return Standing(
        evaluation_id=case.evaluation_id,
        status=status,
        revision=case.revision,
        outcome=settled.outcome,
        needs=[need.test for need in settled.needs],
    )
