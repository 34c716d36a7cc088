"""What complaints say about officers: whom they evaluate now, and why not."""

from collections.abc import Sequence

from services.evaluation.actions.judging import Judged, judge
from services.evaluation.actions.policies import scoring
from services.evaluation.model.words import Reason, Reported
from services.evaluation.rules.triggering import incident_id, reason_against
from services.evaluation.store import complaints
from shared.clock import WorkingDays
from shared.events.complaints import SERVICES, ComplaintAssigned, ComplaintFiled
from shared.messaging.facts import missing
from shared.messaging.tx import Cause, Fact, Tx

Filed = Cause[ComplaintFiled | ComplaintAssigned]


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
        await judge(tx, judged, calendar)


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
