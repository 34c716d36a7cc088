"""Who sits where is decided here alone: whatever freed or opened seats, the first in line get them at once."""

from collections.abc import Sequence
from typing import Any

from services.training.model.enrolments import OPEN, Because, Kept, State, Verb
from services.training.rules import needs
from services.training.rules import seats as rules
from services.training.store import catalogue, enrolments, sessions
from shared.events import Event
from shared.events.training import EmployeeEnrolled, EmployeePromoted, EmployeeWaitlisted, EnrolmentCancelled
from shared.messaging.tx import Cause, Name, Tx

SEATS: Name = ("catalogue", "seats")


def all_seats(_: object) -> list[Name]:
    """The lock of a command that gives or takes seats."""
    return [SEATS]


async def seat(tx: Tx, cause: Cause[Any], entering: Sequence[Kept] = (), *, freed: bool = True) -> None:
    """Seat those that enter the line, and, where seats may have become free, all that stand in it; tell each change.

    Where none became free, nobody who stands in line can get one: then only those that enter are judged.
    """
    waiting = [*(await enrolments.line(tx) if freed else ()), *entering]
    if not waiting:
        return
    employees, ids = {one.employee_id for one in waiting}, [one.enrolment_id for one in waiting]
    served = await enrolments.open_needs(tx, employees, but=ids)
    settled = rules.settle(waiting, await catalogue.courses(tx), await sessions.seats(tx), tx.now, served)
    entered = {one.enrolment_id for one in entering}
    changed = [one for one in settled if one.session_id or one.enrolment_id in entered]
    await enrolments.save(tx, changed)
    for one in changed:
        if one.state in OPEN:
            tx.tell(_told(one, promoted=one.enrolment_id not in entered), cause=cause)


def _told(one: Kept, *, promoted: bool) -> Event:
    if promoted:
        return EmployeePromoted.model_validate(about(one) | {"session_id": one.session_id, "starts_at": one.starts_at})
    entered = about(one) | {"evaluation_id": one.evaluation_id}
    if one.state is State.WAITLISTED:
        return EmployeeWaitlisted.model_validate(entered)
    return EmployeeEnrolled.model_validate(entered | {"session_id": one.session_id, "starts_at": one.starts_at})


def about(one: Kept) -> dict[str, Any]:
    """What every fact of an enrolment says."""
    return {
        "enrolment_id": one.enrolment_id,
        "need_id": one.need and one.need.need_id,
        "employee_id": one.employee_id,
        "test": one.need and one.need.test,
        "course": one.course,
        "visibility": one.visibility,
    }


async def release(tx: Tx, cause: Cause[Any], kept: Sequence[Kept], verb: Verb, because: Because) -> None:
    """Suspend or cancel those that can be, and tell it of those that had a seat or a place in line."""
    after = needs.released(kept, verb, because)
    await enrolments.save(tx, after)
    told = {one.enrolment_id for one in kept if one.state in OPEN}
    for one in after:
        if one.enrolment_id in told:
            event = EnrolmentCancelled.model_validate(about(one) | {"reason": because.value})
            tx.tell(event, cause=cause)
