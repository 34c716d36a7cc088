"""The verbs of sessions: schedule, cancel, and open what recurs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.training.actions import seating
from services.training.model.catalogue import Planned, Session
from services.training.model.commands import OfSession, Schedule
from services.training.model.enrolments import Because, State, Verb
from services.training.rules import needs
from services.training.rules import sessions as rules
from services.training.store import catalogue, enrolments
from services.training.store import sessions as store
from shared.clock import WorkingDays
from shared.errors import Problem
from shared.events.training import SessionScheduled
from shared.messaging.tx import Cause, Tx, derived_id

TIMER = "open_recurring_sessions"


async def schedule(tx: Tx, causes: Sequence[Cause[Schedule]]) -> None:
    """Schedule a session; whoever waits for it is seated in the same transaction."""
    for cause in causes:
        known = {course.code for course in await catalogue.courses(tx)}
        if errors := rules.wrong_with(cause.body, known, tx.now):
            tx.refuse(cause, Problem(422, "invalid-request", "The request is not valid", errors=errors))
            continue
        session_id = derived_id(cause.at, b"session" + cause.id.encode())
        await open_sessions(tx, cause, [Planned(session_id=session_id, code=str(session_id), **dict(cause.body))])
        await seating.seat(tx, cause)
        tx.answer(cause, await session(tx, session_id), 201)


async def cancel(tx: Tx, causes: Sequence[Cause[OfSession]]) -> None:
    """Cancel a session that has not begun: needs get another seat or their place in line, other seats end."""
    for cause in causes:
        found = await store.one(tx, cause.body.session_id)
        if found is None:
            tx.refuse(cause, unknown())
            continue
        if problem := not_to_come(found, tx.now):
            tx.refuse(cause, problem)
            continue
        await store.cancel(tx, cause.body.session_id)
        held = [one for one in await enrolments.of_session(tx, cause.body.session_id) if one.state is State.ENROLLED]
        own = [one for one in held if one.need is None]
        await seating.release(tx, cause, own, Verb.CANCEL, Because.SESSION_CANCELLED)
        await seating.seat(tx, cause, [needs.queued(one) for one in held if one.need])
        tx.answer(cause, await session(tx, cause.body.session_id))


async def open_recurring(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Open the sessions that recur, as far ahead as the catalogue says; those that were cancelled stay so."""
    for cause in causes:
        if await open_sessions(tx, cause, await recurring(tx)):
            await seating.seat(tx, cause)


async def recurring(tx: Tx) -> list[Planned]:
    """All sessions that recur, also those that were opened before."""
    calendar = WorkingDays(tx.settings.zone)
    return [
        Planned(
            session_id=id_of(f"{routine.code}-{nth:%Y-%m}"),
            code=f"{routine.code}-{nth:%Y-%m}",
            course=routine.course,
            starts_at=datetime.combine(day, routine.at, calendar.zone),
            place=routine.place,
            seats=routine.seats,
        )
        for routine in await catalogue.routines(tx)
        for nth, day in rules.occurrences(routine, calendar.local_day(tx.now), calendar)
    ]


async def open_sessions(tx: Tx, cause: Cause[Any], planned: Sequence[Planned]) -> list[Planned]:
    """Open those that are new, and tell them. Gives them."""
    new = await store.insert(tx, planned)
    for one in new:
        event = SessionScheduled(session_id=one.session_id, course=one.course, starts_at=one.starts_at, seats=one.seats)
        tx.tell(event, cause=cause)
    return new


def id_of(code: str) -> UUID:
    """The id of a session of the catalogue, by its code."""
    return uuid5(NAMESPACE_URL, f"salor:session:{code}")


async def session(tx: Tx, session_id: UUID) -> Session:
    """A session that there is, as people see it."""
    found = await store.one(tx, session_id)
    assert found is not None, "it was read or written in this transaction"
    return found


def not_to_come(found: Session, now: datetime) -> Problem | None:
    """Why nobody can get or give back a seat in it: it was cancelled, or it has begun."""
    if found.cancelled_at is not None:
        return Problem(409, "session-cancelled", "This session was cancelled")
    if found.starts_at <= now:
        return Problem(409, "session-begun", "This session has begun", "Choose one of GET /sessions.")
    return None


def unknown() -> Problem:
    """There is no such session."""
    return Problem(404, "unknown-session", "There is no such session", "See GET /sessions.")
