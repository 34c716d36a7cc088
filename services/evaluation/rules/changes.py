"""What a fact about a complaint changes here: how it stands as evidence, and which incident it leaves."""

from dataclasses import replace

from services.evaluation.model.words import Changed, Ending, Finding, Reported
from services.evaluation.rules.triggering import incident_id
from shared.events import complaints as told

Filed = told.ComplaintFiled | told.ComplaintAssigned | told.ComplaintVerified | told.ComplaintUnlinked
Found = (
    told.ComplaintAnswered
    | told.FindingRevised
    | told.ComplaintRejected
    | told.ComplaintWithdrawn
    | told.ComplaintPassedOn
)


def reported(event: Filed, before: Reported | None) -> Reported:
    """A complaint as it stands after an event: its officer stays known, its link holds while the officer is the same.

    `before`: as it stood, none where it is new.
    """
    employee = event.employee_id or (before.employee_id if before else None)
    linked_to = before.linked_to if before and not isinstance(event, told.ComplaintUnlinked) else None
    now = Reported(
        complaint_id=event.complaint_id,
        employee_id=employee,
        incident_id=incident_id(employee, event.part, event.day) if employee and event.part else None,
        category=event.category,
        part=event.part,
        trigger=event.trigger,
        day=event.day,
        filed_at=event.filed_at,
        voice=event.reporter_ref,
        visibility=event.visibility,
        service=event.service,
        unit=event.unit,
        verified=isinstance(event, told.ComplaintVerified) or (before is not None and before.verified),
        linked_to=linked_to,
        ended=before.ended if before else None,
    )
    if before and linked_to and (before.employee_id, before.category) == (now.employee_id, now.category):
        return replace(now, incident_id=before.incident_id, part=before.part, day=before.day)
    return now


def linked(complaint: Reported, to: Reported) -> Reported:
    """A complaint that shares another's incident: one officer, part and day. Of another officer it keeps its own."""
    if complaint.employee_id is None or complaint.employee_id != to.employee_id or to.incident_id is None:
        return replace(complaint, linked_to=to.complaint_id)
    return replace(complaint, linked_to=to.complaint_id, incident_id=to.incident_id, part=to.part, day=to.day)


def left(before: Reported | None, now: Reported) -> Changed | None:
    """The officer and incident that a complaint does not concern any more, and why; none where it left nothing."""
    if before is None or before.employee_id is None or before.incident_id is None:
        return None
    if counts(before) and not counts(now):
        ending = Ending.REFERRED if before.category == now.category else Ending.RECATEGORISED
    elif (before.employee_id, before.incident_id) == (now.employee_id, now.incident_id):
        return None
    elif before.employee_id != now.employee_id:
        ending = Ending.REASSIGNED
    elif before.linked_to != now.linked_to:
        ending = Ending.LINKED if now.linked_to else Ending.UNLINKED
    else:
        ending = Ending.RECATEGORISED
    return Changed(now.complaint_id, before.employee_id, before.incident_id, ending, unfounded=True)


def counts(one: Reported) -> bool:
    """Whether a complaint is evidence: by itself, or once a person has looked at it."""
    if one.ended is not None or one.trigger is told.Trigger.NEVER:
        return False
    return one.trigger is told.Trigger.AT_FILING or one.verified


def found(event: Found) -> tuple[Finding, Ending | None]:
    """What an event says was found of a complaint, and whether it ends it. Archived as invalid counts as rejected."""
    match event:
        case told.ComplaintRejected():
            return Finding.REJECTED, Ending.INVALID
        case told.ComplaintWithdrawn():
            return Finding.NOT_JUDGED, Ending.WITHDRAWN
        case told.ComplaintPassedOn():
            return Finding.NOT_JUDGED, Ending.PASSED_ON
        case _:
            return Finding(event.finding.value), None
