"""Service records as evidence: finished, overdue, corrected."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.evaluation.actions.judging import judge_again
from services.evaluation.actions.policies import scoring
from services.evaluation.model.words import Delivered, Overdue
from services.evaluation.rules.gather import On
from services.evaluation.rules.lateness import grace_ends, lateness
from services.evaluation.rules.revise import asked, rests_on
from services.evaluation.rules.states import Verb
from services.evaluation.store import evaluations, services
from shared.clock import WorkingDays
from shared.events.complaints import CountedService, ServiceDelivered, ServiceOverdue, ServiceRevised
from shared.messaging.tx import Cause, Tx


async def count_services(tx: Tx, causes: Sequence[Cause[ServiceDelivered]]) -> None:
    """Count finished requests as evidence, on the day that they count."""
    await services.count(tx, [_delivered(cause.body.record_id, cause.body, scoring(tx)) for cause in causes])


def _delivered(record_id: UUID, told: ServiceDelivered | CountedService, on: On) -> Delivered:
    assert told.used is not None, "an unfinished request is not counted"
    grace = on(told.counted_on).services.grace
    late = lateness(told.used, told.standard, told.standard_unit, grace)
    return Delivered(record_id, told.employee_id, told.counted_on, told.service, late)


async def note_overdue(tx: Tx, causes: Sequence[Cause[ServiceOverdue]]) -> None:
    """Keep unfinished requests as evidence from their deadline on, so that not finishing hides nothing."""
    calendar = WorkingDays(tx.settings.zone)
    await services.note_overdue(tx, [_overdue(cause.body, scoring(tx), calendar) for cause in causes])


def _overdue(event: ServiceOverdue, on: On, calendar: WorkingDays) -> Overdue:
    grace = on(event.counted_on).services.grace
    ends = grace_ends(event.deadline, event.counted_on, event.standard, event.standard_unit, grace, calendar)
    return Overdue(event.record_id, event.employee_id, event.counted_on, event.service, ends)


async def revise_services(tx: Tx, causes: Sequence[Cause[ServiceRevised]]) -> None:
    """Count corrected records as they count now, and judge again what rested on them."""
    on, told = scoring(tx), [cause.body for cause in causes]
    was = [_delivered(one.record_id, one.was, on) for one in told if one.was.used is not None]
    await services.count(tx, was, times=-1)
    await services.drop_overdue(tx, [one.record_id for one in told if one.was.used is None])
    await services.count(tx, [_delivered(one.record_id, one.counts, on) for one in told if one.counts])
    calendar = WorkingDays(tx.settings.zone)
    moved = {one.employee_id: cause for cause in causes for one in _both(cause.body)}
    await judge_again(
        tx,
        [
            (moved[rested.employee_id], rested, Verb.CORRECT)
            for rested in await evaluations.rested_of(tx, moved)
            if rests_on(
                asked(rested.employee_id, rested.evidence.as_of, None, calendar),
                _days(moved[rested.employee_id].body, rested.employee_id),
            )
        ],
    )


def _both(event: ServiceRevised) -> list[CountedService]:
    return [told for told in (event.was, event.counts) if told is not None]


def _days(event: ServiceRevised, employee: UUID) -> list[date]:
    return [told.counted_on for told in _both(event) if told.employee_id == employee]
