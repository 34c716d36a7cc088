"""The verbs of an employee: take a seat of one's own accord, and cancel an enrolment before it begins."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.training.actions import learning, seating, sessions
from services.training.model.catalogue import Session
from services.training.model.commands import Leave, SignUp
from services.training.model.enrolments import OPEN, Because, Enrolment, Kept, State, Verb
from services.training.store import catalogue
from services.training.store import enrolments as store
from services.training.store import sessions as seats
from shared.errors import Problem
from shared.events.complaints import Visibility
from shared.messaging.tx import Cause, Tx, derived_id


async def sign_up(tx: Tx, causes: Sequence[Cause[SignUp]]) -> None:
    """Take a free seat without a need. Whoever waits for a need was seated before: so a free seat is nobody's."""
    for cause in causes:
        session = await seats.one(tx, cause.body.session_id)
        if session is None:
            tx.refuse(cause, sessions.unknown())
            continue
        if problem := sessions.not_to_come(session, tx.now) or await _refusal(tx, cause.body, session):
            tx.refuse(cause, problem)
            continue
        taken = _own_seat(tx, cause, session)
        await store.save(tx, [taken])
        tx.answer(cause, await _shown(tx, taken.enrolment_id), 201)


async def _refusal(tx: Tx, asked: SignUp, session: Session) -> Problem | None:
    # A seat that the employee may not see yet is not told here, either: the two will share it.
    held = [one for one in await store.of_session(tx, session.session_id) if one.visible_from <= tx.now]
    if asked.employee_id in {one.employee_id for one in held}:
        return Problem(409, "seated-already", "You have a seat in this session")
    if session.free <= 0:
        return Problem(409, "session-full", "All seats of this session are taken", "Choose one of GET /sessions.")
    course = await catalogue.course(tx, session.course)
    return await learning.too_much(tx, asked.employee_id, session.starts_at, course.jp)


def _own_seat(tx: Tx, cause: Cause[SignUp], session: Session) -> Kept:
    return Kept(
        enrolment_id=derived_id(cause.at, b"own seat" + cause.id.encode()),
        employee_id=cause.body.employee_id,
        need=None,
        evaluation_id=None,
        visibility=Visibility.OPEN,
        state=State.ENROLLED,
        since=cause.at,
        enrolled_at=tx.now,
        visible_from=tx.now,
        course=session.course,
        session_id=session.session_id,
        starts_at=session.starts_at,
    )


async def leave(tx: Tx, causes: Sequence[Cause[Leave]]) -> None:
    """Cancel one's own enrolment, with all that it covers; the first in line gets the seat."""
    for cause in causes:
        found = await store.one(tx, cause.body.enrolment_id)
        if found is None or found.employee_id != cause.body.employee_id or found.visible_from > tx.now:
            tx.refuse(cause, unknown())  # whose it is not, and who may not see it yet, learns nothing of it
            continue
        if problem := _not_to_leave(found, tx.now):
            tx.refuse(cause, problem)
            continue
        covered = await store.covered(tx, {found.need.weakness} if found.need else set())
        await seating.release(tx, cause, [found, *covered], Verb.CANCEL, Because.BY_EMPLOYEE)
        await seating.seat(tx, cause, freed=found.state is State.ENROLLED)
        tx.answer(cause, await _shown(tx, found.enrolment_id))


def _not_to_leave(found: Kept, now: datetime) -> Problem | None:
    if found.state not in OPEN:
        return Problem(409, "enrolment-closed", f"This enrolment is {found.state}: there is nothing to cancel")
    if found.starts_at is not None and found.starts_at <= now:
        return Problem(409, "session-begun", "This session has begun")
    return None


async def _shown(tx: Tx, enrolment_id: UUID) -> Enrolment:
    found = await store.enrolment(tx, enrolment_id, hidden=True)
    assert found is not None, "it was written in this transaction"
    return found


def unknown() -> Problem:
    """There is none, or it is somebody else's."""
    return Problem(404, "not-found", "Not found", "There is no such enrolment, or it is not yours.")
