"""The verbs of evaluation: load all, decide each, write all, tell all."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.policy import ScoringPolicy, ViewPolicy
from services.evaluation.model.revision import Revision
from services.evaluation.model.words import Delivered, Found, Officer, OpenNeed, Overdue, Reason, Reported, Standing
from services.evaluation.rules.gather import On
from services.evaluation.rules.lateness import grace_ends, lateness
from services.evaluation.rules.revise import Rules, asked, rests_on, revise
from services.evaluation.rules.triggering import incident_id, reason_against
from services.evaluation.store import complaints, evaluations, officers, services
from shared.clock import WorkingDays
from shared.events.complaints import (
    SERVICES,
    ComplaintAssigned,
    ComplaintFiled,
    CountedService,
    ServiceDelivered,
    ServiceOverdue,
    ServiceRevised,
)
from shared.events.directory import EmployeeRecorded
from shared.messaging.facts import missing
from shared.messaging.tx import Cause, Fact, Tx

Filed = Cause[ComplaintFiled | ComplaintAssigned]


@dataclass(frozen=True, slots=True)
class Judged:
    """A complaint that is evaluated now: why, whom and about which incident.

    `rested`: where it is judged again since evidence was corrected, what its last revision rested on.
    """

    cause: Cause[Any]
    complaint: Reported
    employee_id: UUID
    incident_id: UUID
    rested: Evidence | None = None

    @property
    def at(self) -> datetime:
        """As of when: a correction makes nothing younger."""
        return self.rested.as_of if self.rested else self.cause.at


async def record_officers(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """Keep who works where and under whom."""
    told = [cause.body for cause in causes]
    await officers.record(tx, [Officer(e.employee_id, e.version, e.unit, e.superior_id) for e in told])


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
    await _judge_again(tx, causes)


async def _judge_again(tx: Tx, causes: Sequence[Cause[ServiceRevised]]) -> None:
    """One evaluation of an officer after the other, since each sees which needs the others leave open."""
    calendar = WorkingDays(tx.settings.zone)
    moved = {told.employee_id: cause for cause in causes for told in _both(cause.body)}
    rested = [
        (employee, complaint, evidence)
        for employee, complaint, evidence in await evaluations.rested_of(tx, moved)
        if rests_on(asked(employee, evidence.as_of, None, calendar), _days(moved[employee].body, employee))
    ]
    reported = await complaints.reported(tx, {complaint for _, complaint, _ in rested})
    of_officers: dict[UUID, list[Judged]] = defaultdict(list)
    for employee, complaint, evidence in rested:
        one = reported[complaint]
        assert one.incident_id is not None, "what was evaluated has an incident"
        of_officers[employee].append(Judged(moved[employee], one, employee, one.incident_id, evidence))
    for lot in zip_longest(*of_officers.values()):
        await _judge(tx, [one for one in lot if one], calendar)


def _both(event: ServiceRevised) -> list[CountedService]:
    return [told for told in (event.was, event.counts) if told is not None]


def _days(event: ServiceRevised, employee: UUID) -> list[date]:
    return [told.counted_on for told in _both(event) if told.employee_id == employee]


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
    rules = Rules(scoring(tx), viewing(tx), calendar)
    revised = [
        (one, _revise(one, standing.get(one.incident_id), founds[one.employee_id], needs[one.employee_id], rules))
        for one in judged
    ]
    revised = [(one, revision) for one, revision in revised if revision.evidence != one.rested]
    await _write(tx, revised)
    for one, revision in revised:
        _tell(tx, revision, one.cause)


def _revise(
    one: Judged, standing: Standing | None, found: Found, needs: Mapping[str, OpenNeed], rules: Rules
) -> Revision:
    """What rested on corrected evidence takes back the needs that it had opened and shows no more."""
    mine = standing.evaluation_id if standing and one.rested else None
    opened = {test: need.need_id for test, need in needs.items() if need.evaluation_id == mine}
    return revise(one.complaint, standing, found, needs, rules=rules, opened=opened)


async def _found(
    tx: Tx, judged: Sequence[Judged], standing: Mapping[UUID, Standing], calendar: WorkingDays
) -> dict[UUID, Found]:
    """What is known of each officer, as of its cause's time: it depends on no clock and no cutting into batches."""
    wanted = [asked(one.employee_id, one.at, standing.get(one.incident_id), calendar) for one in judged]
    counted = await services.services_of(tx, wanted)
    claims = await complaints.claims_of(tx, wanted)
    return {
        one.employee_id: Found(one.as_of, counted[one.employee_id], claims[one.employee_id], context={})
        for one in wanted
    }


async def _write(tx: Tx, revised: Sequence[tuple[Judged, Revision]]) -> None:
    await evaluations.save(tx, [revision for _, revision in revised])
    withdrawn = [(need, one.cause.at) for one, revision in revised for need in revision.withdrawn]
    if withdrawn:
        await evaluations.close_needs(tx, withdrawn)
    opened = [(revision, need) for _, revision in revised for need in revision.needs]
    if opened:
        await evaluations.open_needs(tx, opened)


def _tell(tx: Tx, revision: Revision, cause: Cause[Any]) -> None:
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
