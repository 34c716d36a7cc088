"""The verb of the trainer: say who completed a session and who missed it."""

from collections.abc import Sequence
from datetime import date

from services.training.actions import seating, sessions
from services.training.model.catalogue import Session
from services.training.model.commands import Recorded, Result, ResultsOf
from services.training.model.enrolments import Because, Kept
from services.training.model.policies import EnrolmentPolicy
from services.training.rules import results as rules
from services.training.store import catalogue, enrolments
from services.training.store import sessions as store
from shared.clock import WorkingDays
from shared.errors import Problem
from shared.events.training import TrainingCompleted, TrainingMissed
from shared.messaging.tx import Cause, Tx


async def record(tx: Tx, causes: Sequence[Cause[ResultsOf]]) -> None:
    """Keep a lot of results, whole or not at all; a missed need is seated again, as often as the policy says."""
    for cause in causes:
        session = await store.one(tx, cause.body.session_id)
        if session is None or session.cancelled_at is not None or session.starts_at > tx.now:
            tx.refuse(cause, sessions.unknown() if session is None else _not_begun(session))
            continue
        held = rules.of_seat(await enrolments.of_session(tx, session.session_id))
        calendar = WorkingDays(tx.settings.zone)
        began, today = calendar.local_day(session.starts_at), calendar.local_day(tx.now)
        if errors := rules.wrong_with(cause.body, held.keys(), began, today):
            tx.refuse(cause, Problem(422, "invalid-request", "The request is not valid", errors=errors))
            continue
        found = [(result, one) for result in cause.body.results for one in held[result.employee_id]]
        await _record(tx, cause, session, found, cause.body.ended_on or began)
        missed = sum(rules.missed_because(result) is not None for result in cause.body.results)
        completed = len(cause.body.results) - missed
        tx.answer(cause, Recorded(session_id=session.session_id, completed=completed, missed=missed))


async def _record(
    tx: Tx, cause: Cause[ResultsOf], session: Session, found: Sequence[tuple[Result, Kept]], ended_on: date
) -> None:
    policy = tx.policies.in_force(EnrolmentPolicy, "enrolment", WorkingDays(tx.settings.zone).local_day(tx.now))
    jp = (await catalogue.course(tx, session.course)).jp
    covered = await enrolments.covered(tx, {one.need.weakness for _, one in found if one.need})
    ended: list[Kept] = []
    again: list[Kept] = []
    for result, held in found:
        because = rules.missed_because(result)
        of_it = [held, *(one for one in covered if held.need and one.need and one.need.weakness == held.need.weakness)]
        if because is None:
            ended += [rules.completed(one, held, result, ended_on, jp) for one in of_it]
        elif rules.tries_again(held, policy.seats_after_missing):
            _tell_missed(tx, cause, held, because)
            again.append(rules.again(held, cause.at))
        else:
            ended += [rules.missed(one, held, because) for one in of_it]
    await enrolments.save(tx, ended)
    for one in ended:
        _tell_ended(tx, cause, one)
    await seating.seat(tx, cause, again, freed=False)


def _tell_ended(tx: Tx, cause: Cause[ResultsOf], one: Kept) -> None:
    if one.reason:
        _tell_missed(tx, cause, one, Because(one.reason))
        return
    more = {"session_id": one.session_id, "completed_on": one.completed_on, "jp": one.jp, "score": one.score}
    tx.tell(TrainingCompleted.model_validate(seating.about(one) | more), cause=cause)


def _tell_missed(tx: Tx, cause: Cause[ResultsOf], one: Kept, because: Because) -> None:
    more = {"session_id": one.session_id, "reason": because.value}
    tx.tell(TrainingMissed.model_validate(seating.about(one) | more), cause=cause)


def _not_begun(session: Session) -> Problem:
    if session.cancelled_at is not None:
        return Problem(409, "session-cancelled", "This session was cancelled")
    return Problem(409, "session-not-begun", "This session has not begun", "Results are taken from its start on.")
