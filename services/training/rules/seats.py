"""Who gets which seat: needs in line, catalogue, seats and the time in; decisions out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.training.model.catalogue import Course
from services.training.model.enrolments import Kept, Need, Placed, Seats, State, Verb
from services.training.rules.states import after


def treats(courses: Iterable[Course], need: Need) -> list[Course]:
    """The courses that treat a need, best first: those that name the test, then those that name its whole part."""
    exact = [course for course in courses if need.test in course.tests]
    return exact + [course for course in courses if need.part in course.parts and course not in exact]


def allocate(
    needs: Sequence[Need],
    courses: Sequence[Course],
    sessions: Sequence[Seats],
    now: datetime,
    open_needs: Iterable[tuple[UUID, str]] = (),
) -> list[Placed]:
    """Place needs one after another, each seeing the seats that those before it took.

    `open_needs` are the (employee, test) pairs that are enrolled or wait already: a second need for one is covered.
    """
    seats = {session.session_id: session for session in sessions if session.starts_at > now}
    served = set(open_needs)
    placed = []
    for need in needs:
        decision = _place(need, treats(courses, need), seats, served)
        served.add(need.weakness)
        if decision.session is not None:
            seats[decision.session.session_id] = decision.session
        placed.append(decision)
    return placed


def in_line(waiting: Iterable[Kept]) -> list[Kept]:
    """First come, first served."""
    return sorted(waiting, key=lambda one: (one.since, one.enrolment_id))


def settle(
    waiting: Iterable[Kept],
    courses: Sequence[Course],
    sessions: Sequence[Seats],
    now: datetime,
    open_needs: Iterable[tuple[UUID, str]] = (),
) -> list[Kept]:
    """Those who stand in line, each as it is once the first in line have got their seats."""
    line = in_line(waiting)
    placed = allocate([one.need for one in line if one.need], courses, sessions, now, open_needs)
    return [_settled(one, decision) for one, decision in zip(line, placed, strict=True)]


def _settled(one: Kept, decision: Placed) -> Kept:
    verb = {State.ENROLLED: Verb.SEAT, State.COVERED: Verb.COVER}.get(decision.state)
    return replace(
        one,
        state=after(one.state, verb) if verb else one.state,
        course=decision.course,
        session_id=decision.session.session_id if decision.session else None,
        starts_at=decision.session.starts_at if decision.session else None,
    )


def _place(need: Need, courses: Sequence[Course], seats: Mapping[UUID, Seats], served: set[tuple[UUID, str]]) -> Placed:
    if need.weakness in served:
        return Placed(need, State.COVERED)
    for course in courses:
        chosen = _choose(need.employee_id, course.code, seats.values())
        if chosen is not None:
            taken = replace(chosen, holders=chosen.holders | {need.employee_id})
            return Placed(need, State.ENROLLED, course.code, taken)
    return Placed(need, State.WAITLISTED, courses[0].code if courses else None)


def _choose(employee_id: UUID, course: str, sessions: Iterable[Seats]) -> Seats | None:
    """The session of the course in which the employee sits already, else the earliest with a free seat."""
    given = sorted((s for s in sessions if s.course == course), key=lambda s: (s.starts_at, s.session_id))
    sitting = [session for session in given if employee_id in session.holders]
    free = [session for session in given if len(session.holders) < session.seats]
    return next(iter(sitting + free), None)
