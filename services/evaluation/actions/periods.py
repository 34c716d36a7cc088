"""Periods open and close by themselves; at the close each officer is assessed, as a proposal to the superior."""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from services.evaluation.actions.gathering import known_of
from services.evaluation.actions.policies import deciding, scoring, viewing
from services.evaluation.actions.predicates import await_silence
from services.evaluation.model.predicate import PredicatePolicy
from services.evaluation.rules.gather import gather
from services.evaluation.rules.periods import as_of, periods_of
from services.evaluation.rules.periods import assess as assessed
from services.evaluation.rules.revise import asked, collected
from services.evaluation.store import periods
from shared.clock import WorkingDays
from shared.events.evaluation import PeriodAssessed, PeriodClosed, PeriodOpened
from shared.messaging.timers import schedule
from shared.messaging.tx import Cause, Tx

OPEN, CLOSE, ASSESS = "open periods", "close period", "assess"


async def open_periods(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Open the quarter and the year of today, unless they are, and set when each closes."""
    calendar = WorkingDays(tx.settings.zone)
    today = calendar.local_day(tx.now)
    policy, current = deciding(tx)(today), periods_of(today)
    names = await periods.open_all(tx, current)
    opened = [one for one in current if one.name in names]
    closing = {one.name: calendar.plus(one.until, policy.close_after_working_days) for one in opened}
    await schedule(tx, CLOSE, [(name, calendar.end_of(day)) for name, day in closing.items()])
    for one in opened:
        event = PeriodOpened(period=one.name, since=one.since, until=one.until)
        tx.tell(event, cause=causes[0], correlation_id=one.name)


async def close(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Begin to close periods: each officer is assessed under a lock of its own, by a timer that is due already."""
    officers = await periods.officers(tx)
    for cause in causes:
        await periods.begin_closing(tx, cause.body, len(officers))
        await schedule(tx, ASSESS, [(f"{cause.body} {officer}", cause.at) for officer in officers])
        if not officers:
            tx.tell(PeriodClosed(period=cause.body, employees=0), cause=cause)


async def assess(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Assess officers for periods that are over, by what was counted until their last day. The last one closes it."""
    calendar, on, view, predicates = WorkingDays(tx.settings.zone), scoring(tx), viewing(tx), _predicates(tx)
    names = [cause.body.split()[0] for cause in causes]
    known = await periods.periods_of(tx, names)
    wanted = [
        asked(UUID(cause.body.split()[1]), as_of(known[name].until, calendar), None, calendar)
        for cause, name in zip(causes, names, strict=True)
    ]
    founds = await known_of(tx, wanted)
    made = [
        assessed(
            known[name],
            one.employee_id,
            gather(collected(founds[one.employee_id], cause.at, view(one.until), calendar), on, calendar),
            on(known[name].until),
            predicates(known[name].until),
        )
        for cause, name, one in zip(causes, names, wanted, strict=True)
    ]
    await periods.save(tx, made)
    await await_silence(tx, made)
    closed = await periods.count_assessed(tx, names)
    for cause, one in zip(causes, made, strict=True):
        event = PeriodAssessed(period=one.period, employee_id=one.employee_id, assessment_id=one.assessment_id)
        tx.tell(event, cause=cause, correlation_id=one.period)
    for name, employees in closed.items():
        tx.tell(PeriodClosed(period=name, employees=employees), cause=causes[names.index(name)], correlation_id=name)


def _predicates(tx: Tx) -> Callable[[date], PredicatePolicy]:
    return lambda day: tx.policies.in_force(PredicatePolicy, "predicate", on=day)
