"""The clocks of a complaint (SP4N-LAPOR!, UU 25/2009): which run, until when, and what is told on the way.

A day that the reporter owes data moves a deadline by itself; a comment never does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.complaints.model.clocks import Closing, Course, Escalating, Nearing, Pause, Planned, Step, Ticking
from services.complaints.model.policies import ClocksPolicy, Term
from services.complaints.model.rows import State
from services.complaints.rules.states import UNANSWERED
from shared.clock import WorkingDays
from shared.events.complaints import Clock

HEAD, CAMAT = 1, 2
Steps = Sequence[tuple[datetime, Step]]
"""Steps, each with its moment."""


def running(course: Course) -> dict[Clock, date]:
    """The clocks that run in a state, each with its first day. A reopened case has its follow-up anew."""
    if course.state is State.ANSWERED and course.answered_on is not None:
        return {Clock.CLOSING: course.answered_on}
    if course.state not in UNANSWERED:
        return {}
    handled_since = course.reopened_on or course.filed_on
    since = {Clock.FOLLOW_UP: handled_since, Clock.LIMIT: handled_since}
    if course.verified_on is None:
        since[Clock.VERIFICATION] = course.filed_on
    if course.answered_on is None:
        since[Clock.FIRST_ANSWER] = course.filed_on
    return since


def pauses(marks: Sequence[tuple[str, date]]) -> tuple[Pause, ...]:
    """The pauses of a case, from what was said on it (its kind and local day, in order): a question begins one.

    The reporter's data or an answer of the office end it; a question that follows another begins nothing.
    """
    found: list[Pause] = []
    asked: date | None = None
    for kind, day in marks:
        if kind == "question":
            asked = asked or day
        elif asked is not None and kind in ("data", "answer"):
            found.append(Pause(asked, day))
            asked = None
    return (*found, Pause(asked, None)) if asked else tuple(found)


def reopened_on(marks: Sequence[tuple[str, date]]) -> date | None:
    """The day on which a case was reopened last, from what was said on it."""
    return max((day for kind, day in marks if kind == "reopening"), default=None)


def due_on(since: date, term: Term, pauses: Sequence[Pause], days: WorkingDays) -> date:
    """The last day in time: the term after `since`, and one more for each day of it that the case was paused.

    A pause that lasts does not count yet: its deadline stands still until it ends.
    """
    ended = [(max(pause.since, since), pause.until) for pause in pauses if pause.until is not None]
    if term.counted == "calendar":
        paused = sum(max((until - start).days, 0) for start, until in ended)
        return since + timedelta(days=term.days + paused)
    return days.plus(since, term.days + sum(days.between(start, until) for start, until in ended))


def plan(
    course: Course,
    known: Mapping[Clock, Ticking],
    policy: ClocksPolicy,
    days: WorkingDays,
    *,
    calendar: str,
    today: date,
) -> list[Planned]:
    """The clocks that changed: begun, moved, paused or stopped since they were `known`. `days` is of `calendar`."""
    since = running(course)
    planned = []
    for clock in Clock:
        term, old = policy.term(clock, course.kind), known.get(clock)
        if clock in since and term is not None:
            due = due_on(since[clock], term, course.pauses, days)
            one = _run(course, clock, since[clock], due, old, calendar)
        elif old is not None and old.stopped_on is None:
            one = Planned(replace(old, paused=False, stopped_on=today))
        else:
            continue
        if one.ticking != old:
            planned.append(one)
    return planned


def _run(course: Course, clock: Clock, since: date, due: date, old: Ticking | None, calendar: str) -> Planned:
    paused = course.state is State.ON_HOLD
    if old is None or old.stopped_on is not None or old.since != since:
        whose = course.complaint_id
        begun = Ticking(complaint_id=whose, clock=clock, since=since, due_on=due, calendar=calendar, paused=paused)
        return Planned(begun)
    if due == old.due_on:
        reason = None
    elif old.calendar != calendar:
        reason = "calendar"
    else:
        reason = "pause" if old.paused else "category"
    return Planned(replace(old, due_on=due, calendar=calendar, paused=paused), reason)


def steps(
    ticking: Ticking, kind: str, policy: ClocksPolicy, days: WorkingDays, *, handled: bool, now: datetime
) -> Steps:
    """What is still to be done about a clock of a case, and when, in order; nothing while it is paused.

    Each threshold warns once, and none of them when the deadline has passed.
    """
    term = policy.term(ticking.clock, kind)
    if term is None or ticking.stopped_on is not None or ticking.paused:
        return []
    end = days.end_of(ticking.due_on)
    ahead: list[tuple[datetime, Step]] = []
    if now < end:
        left = [one for one in term.warned if ticking.warned is None or one < ticking.warned]
        ahead += [(_opening(days.before(ticking.due_on, one), policy, days), Nearing(one)) for one in left]
    if ticking.clock is Clock.CLOSING:
        ahead.append((end, Closing()))
    elif ticking.level < CAMAT:
        ahead.append((_escalation(ticking, policy, days, handled=handled), Escalating()))
    return sorted(ahead, key=lambda one: one[0])


def _opening(day: date, policy: ClocksPolicy, days: WorkingDays) -> datetime:
    return datetime.combine(day, policy.told_at, days.zone)


def _escalation(ticking: Ticking, policy: ClocksPolicy, days: WorkingDays, *, handled: bool) -> datetime:
    if ticking.escalated_on is None:
        passed = days.plus(ticking.due_on, policy.escalation.handled if handled else policy.escalation.unassigned)
    else:
        passed = days.plus(max(ticking.due_on, ticking.escalated_on), policy.escalation.next)
    return days.next_opening(days.end_of(passed), policy.told_at)


def due_step(ahead: Steps, now: datetime) -> Step | None:
    """What is to be done now: of several that are due only the latest, so that nobody is warned of yesterday's."""
    due = [step for moment, step in ahead if moment <= now]
    return due[-1] if due else None


def taken(ticking: Ticking, step: Step, to: tuple[int, UUID] | None, today: date) -> Ticking:
    """The clock after a step; `to` is whom it was escalated to. Where nobody is left, it is escalated no more."""
    match step:
        case Nearing(left):
            return replace(ticking, warned=left)
        case Escalating():
            return replace(ticking, level=to[0] if to else CAMAT, escalated_on=today)
        case Closing():
            return replace(ticking, stopped_on=today)


def next_above(level: int, heads: Sequence[UUID | None], barred: frozenset[UUID]) -> tuple[int, UUID] | None:
    """Who is told after `level`, with the level: heads of the units from the case's own up to the top, the camat's.

    Whoever is the subject or its superior is skipped, and so is a vacancy. None where nobody is left.
    """
    last = len(heads) - 1
    ladder = [(CAMAT if n == last else HEAD, head) for n, head in enumerate(heads)]
    return next(((to, head) for to, head in ladder if to > level and head is not None and head not in barred), None)
