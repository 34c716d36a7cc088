"""The verbs of evaluation: load all, decide each, write all, tell all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.evaluation.model.policy import ScoringPolicy, ViewPolicy
from services.evaluation.model.revision import Revision
from services.evaluation.model.words import Delivered, Found, Officer, Overdue, Reason, Reported, Standing
from services.evaluation.rules.gather import On
from services.evaluation.rules.lateness import grace_ends, lateness
from services.evaluation.rules.revise import Rules, asked, revise
from services.evaluation.rules.triggering import incident_id, reason_against
from services.evaluation.store import complaints, evaluations, officers, services
from shared.clock import WorkingDays
from shared.events.complaints import SERVICES, ComplaintAssigned, ComplaintFiled, ServiceDelivered, ServiceOverdue
from shared.events.directory import EmployeeRecorded
from shared.messaging.facts import missing
from shared.messaging.tx import Cause, Fact, Tx

Filed = Cause[ComplaintFiled | ComplaintAssigned]


@dataclass(frozen=True, slots=True)
class Judged:
    """A complaint that is evaluated now: why, whom and about which incident."""

    cause: Filed
    complaint: Reported
    employee_id: UUID
    incident_id: UUID


async def record_officers(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """Keep who works where and under whom."""
    told = [cause.body for cause in causes]
    await officers.record(tx, [Officer(e.employee_id, e.version, e.unit, e.superior_id) for e in told])


async def count_services(tx: Tx, causes: Sequence[Cause[ServiceDelivered]]) -> None:
    """Count finished requests as evidence, on the day that they count."""
    await services.count(tx, [_delivered(cause.body, scoring(tx)) for cause in causes])


def _delivered(event: ServiceDelivered, on: On) -> Delivered:
    grace = on(event.counted_on).services.grace
    late = lateness(event.used, event.standard, event.standard_unit, grace)
    return Delivered(event.record_id, event.employee_id, event.counted_on, event.service, late)


async def note_overdue(tx: Tx, causes: Sequence[Cause[ServiceOverdue]]) -> None:
    """Keep unfinished requests as evidence from their deadline on, so that not finishing hides nothing."""
    calendar = WorkingDays(tx.settings.zone)
    await services.note_overdue(tx, [_overdue(cause.body, scoring(tx), calendar) for cause in causes])


def _overdue(event: ServiceOverdue, on: On, calendar: WorkingDays) -> Overdue:
    grace = on(event.counted_on).services.grace
    ends = grace_ends(event.deadline, event.counted_on, event.standard, event.standard_unit, grace, calendar)
    return Overdue(event.record_id, event.employee_id, event.counted_on, event.service, ends)


async def evaluate(tx: Tx, causes: Sequence[Filed]) -> None:
    """Evaluate the officers of complaints that trigger at filing; state why of the others."""
    causes = await _with_evidence(tx, causes)
    calendar, on = WorkingDays(tx.settings.zone), scoring(tx)
    reported = [_reported(cause.body) for cause in causes]
    fresh = await complaints.record(tx, reported)
    reasons = {
        one.complaint_id: reason_against(one.trigger, one.part, one.employee_id, on(calendar.local_day(one.filed_at)))
        for one in reported
        if one.complaint_id in fresh
    }
    await complaints.state_reasons(tx, reasons)
    judged = [
        Judged(cause, one, one.employee_id, one.incident_id)
        for cause, one in zip(causes, reported, strict=True)
        if one.employee_id and one.incident_id and reasons.get(one.complaint_id, Reason.NO_PART) is None
    ]
    if judged:
        await _judge(tx, judged, calendar)


async def _with_evidence(tx: Tx, causes: Sequence[Filed]) -> list[Filed]:
    """Those whose service record was counted. It comes on another topic: the others wait for it."""
    facts = {
        cause.order: Fact(SERVICES.name, str(cause.body.evidence_id)) for cause in causes if cause.body.evidence_id
    }
    absent = await missing(tx, facts.values())
    for cause in causes:
        if facts.get(cause.order) in absent:
            tx.lack(cause, facts[cause.order])
    return [cause for cause in causes if facts.get(cause.order) not in absent]


def _reported(event: ComplaintFiled | ComplaintAssigned) -> Reported:
    employee, part = event.employee_id, event.part
    return Reported(
        complaint_id=event.complaint_id,
        employee_id=employee,
        incident_id=incident_id(employee, part, event.day) if employee and part else None,
        category=event.category,
        part=part,
        trigger=event.trigger,
        day=event.day,
        filed_at=event.filed_at,
        voice=event.reporter_ref,
        visibility=event.visibility,
        service=event.service,
        unit=event.unit,
    )


async def _judge(tx: Tx, judged: Sequence[Judged], calendar: WorkingDays) -> None:
    """Load the evidence of all, revise each, write all, tell all."""
    standing = await evaluations.standing_of(tx, [(one.incident_id, one.employee_id) for one in judged])
    founds = await _found(tx, judged, standing, calendar)
    needs = await evaluations.open_needs_of(tx, founds)
    revisions = [
        revise(
            one.complaint,
            standing.get(one.incident_id),
            founds[one.employee_id],
            needs[one.employee_id],
            rules=Rules(scoring(tx), viewing(tx), calendar),
        )
        for one in judged
    ]
    await _write(tx, revisions)
    for one, revision in zip(judged, revisions, strict=True):
        _tell(tx, revision, one.cause)


async def _found(
    tx: Tx, judged: Sequence[Judged], standing: Mapping[UUID, Standing], calendar: WorkingDays
) -> dict[UUID, Found]:
    """What is known of each officer, as of its cause's time: it depends on no clock and no cutting into batches."""
    wanted = [asked(one.employee_id, one.cause.at, standing.get(one.incident_id), calendar) for one in judged]
    counted = await services.services_of(tx, wanted)
    claims = await complaints.claims_of(tx, wanted)
    return {
        one.employee_id: Found(one.as_of, counted[one.employee_id], claims[one.employee_id], context={})
        for one in wanted
    }


async def _write(tx: Tx, revisions: Sequence[Revision]) -> None:
    await evaluations.save(tx, revisions)
    opened = [(revision, need) for revision in revisions for need in revision.needs]
    if opened:
        await evaluations.open_needs(tx, opened)


def _tell(tx: Tx, revision: Revision, cause: Filed) -> None:
    if revision.revision == 1:
        tx.tell(revision.opened(), cause=cause)
    tx.tell(revision.completed(), cause=cause)


def viewing(tx: Tx) -> Callable[[date], ViewPolicy]:
    """The policy of views in force on a day."""
    return lambda day: tx.policies.in_force(ViewPolicy, "view", on=day)


def scoring(tx: Tx) -> On:
    """The scoring policy in force on a day; evidence older than the first policy is judged by the first."""
    known = tx.policies.known["scoring"]
    first = known[0].valid_from

    def on(day: date) -> ScoringPolicy:
        return tx.policies.in_force(ScoringPolicy, "scoring", on=max(day, first))

    return on
