"""Evidence that people record, praise that citizens give, and learning that training tells of."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from services.evaluation.model.records import AttendanceLot, CoachScoreLot, Innovation, Recorded
from services.evaluation.rules import recording
from services.evaluation.store import officers, records
from shared.clock import WorkingDays
from shared.errors import FieldError, Problem
from shared.events.complaints import PraiseGiven
from shared.events.evaluation import NeedClosed
from shared.events.training import TrainingCompleted
from shared.messaging.tx import Cause, Name, Tx, derived_id


def officer(employee_id: UUID) -> Name:
    """The name of an officer's evidence, as in the handlers."""
    return ("employee", str(employee_id))


def of_lot(body: AttendanceLot | CoachScoreLot) -> list[Name]:
    """All officers of a lot."""
    return [officer(one.employee_id) for one in body.items]


def of_innovation(body: Innovation) -> list[Name]:
    """Who proposed it."""
    return [officer(body.employee_id)]


async def record_praise(tx: Tx, causes: Sequence[Cause[PraiseGiven]]) -> None:
    """Keep praise: it counts in the next judgement."""
    await records.record_praise(tx, [cause.body for cause in causes])


async def complete(tx: Tx, causes: Sequence[Cause[TrainingCompleted]]) -> None:
    """Keep learning hours, and close the needs whose course was completed: later evidence counts from now on."""
    await records.record_learning(tx, [cause.body for cause in causes])
    met = {cause.body.need_id: cause for cause in causes if cause.body.need_id is not None}
    rows = [(need, one.body.employee_id, one.body.completed_on, one.at) for need, one in met.items()]
    for need, test in (await records.meet_needs(tx, rows)).items():
        closed = NeedClosed(need_id=need, employee_id=met[need].body.employee_id, test=test)
        tx.tell(closed, cause=met[need])


async def record_attendance(tx: Tx, causes: Sequence[Cause[AttendanceLot]]) -> None:
    """Keep months of attendance."""
    calendar = WorkingDays(tx.settings.zone)
    known = await officers.known(tx, {one.employee_id for cause in causes for one in cause.body.items})
    today = calendar.local_day(tx.now)
    taken = [
        cause for cause in causes if _taken(tx, cause, recording.attendance(cause.body.items, known, today, calendar))
    ]
    await records.record_attendance(tx, [(cause.principal, one) for cause in taken for one in cause.body.items])
    _answer(tx, [(cause, len(cause.body.items)) for cause in taken])


async def record_scores(tx: Tx, causes: Sequence[Cause[CoachScoreLot]]) -> None:
    """Keep scores that coaches give."""
    known = await officers.known(tx, {one.employee_id for cause in causes for one in cause.body.items})
    today = WorkingDays(tx.settings.zone).local_day(tx.now)
    taken = [
        cause
        for cause in causes
        if _taken(tx, cause, recording.scores(cause.body.items, known, cause.principal, today))
    ]
    await records.record_scores(tx, [(cause.principal, one) for cause in taken for one in cause.body.items])
    _answer(tx, [(cause, len(cause.body.items)) for cause in taken])


async def record_innovations(tx: Tx, causes: Sequence[Cause[Innovation]]) -> None:
    """Keep innovations as the direct superior judges them."""
    known = await officers.known(tx, {cause.body.employee_id for cause in causes})
    today = WorkingDays(tx.settings.zone).local_day(tx.now)
    taken = []
    for cause in causes:
        if not recording.leads(known, cause.body.employee_id, cause.principal):
            tx.refuse(cause, _not_yours())
        elif _taken(tx, cause, recording.innovation(cause.body, today)):
            taken.append(cause)
    ids = [derived_id(cause.at, f"innovation\0{cause.id}".encode()) for cause in taken]
    await records.record_innovations(
        tx, [(one, cause.principal, cause.body) for one, cause in zip(ids, taken, strict=True)]
    )
    _answer(tx, [(cause, 1) for cause in taken])


def _taken(tx: Tx, cause: Cause[Any], wrong: Sequence[FieldError]) -> bool:
    """Whether nothing is wrong; else it is refused as a whole."""
    if wrong:
        tx.refuse(cause, Problem(422, "invalid-request", "The request is not valid", errors=wrong))
    return not wrong


def _answer(tx: Tx, recorded: Iterable[tuple[Cause[Any], int]]) -> None:
    for cause, count in recorded:
        tx.answer(cause, Recorded(recorded=count))


def _not_yours() -> Problem:
    return Problem(404, "not-found", "Not found", "There is no such employee, or you are not the direct superior.")
