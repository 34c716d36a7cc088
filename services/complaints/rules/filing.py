"""Filing: what is refused, whom a complaint is about, which day it counts on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.complaints.model.policies import Category, FilingPolicy, HandlingPolicy
from services.complaints.model.rows import Complaint, ServiceRecord, Standard, State, Verb
from services.complaints.rules import contact
from services.complaints.rules.states import move
from shared.errors import FieldError
from shared.events import Event
from shared.events.complaints import (
    ComplaintAssigned,
    ComplaintFiled,
    ComplaintReferred,
    ComplaintUnlinked,
    ComplaintVerified,
    PraiseGiven,
    Visibility,
)
from shared.events.frontoffice import ComplaintSubmitted

TOLD = tuple(name for name in ComplaintFiled.model_fields if name != "evidence_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a submission is judged by. `record` is the one service record it is about, if it is known by now."""

    filed_at: datetime
    filed_on: date
    policy: FilingPolicy
    policy_version: str
    handling: HandlingPolicy
    category: Category | None
    standard: Standard | None
    record: ServiceRecord | None


def filing_moment(told_at: datetime, now: datetime, policy: FilingPolicy) -> datetime:
    """When a submission counts as filed: by its office's clock, unless that is ahead, far back, or missing."""
    believed = now - timedelta(days=policy.taken_in_days.value) <= told_at <= now
    return told_at if believed else now


def concerned(records: Sequence[ServiceRecord], service: str | None) -> ServiceRecord | None:
    """The record that a complaint is about, of those with its request number.

    Offices may count alike: several with one number are told apart by the service, else a person has to decide,
    for an evaluation of the wrong person is worse than a late one.
    """
    fitting = records if len(records) < 2 else [record for record in records if record.service == service]
    return fitting[0] if len(fitting) == 1 else None


def too_old(served_on: date | None, filed_on: date, policy: FilingPolicy) -> bool:
    """Whether a filing comes later than the law allows after the service (a running one is never too old)."""
    return served_on is not None and (filed_on - served_on).days > policy.after_service_days.value


def served_on(submission_day: date | None, record: ServiceRecord | None) -> date | None:
    """The day of the service: as the reporter says, else when the request was finished."""
    if submission_day is not None:
        return submission_day
    return record.counted_on if record and record.completed_at else None


def incident_day(record: ServiceRecord | None, occurred_on: date | None, filed_on: date) -> date:
    """The incident's day: the service record's, else the stated one, else the day of filing (SCORING, Words)."""
    if record is None:
        return occurred_on or filed_on
    return record.counted_on if record.completed_at and record.counted_on else record.received_on


def visibility(submission: ComplaintSubmitted) -> Visibility:
    """As the reporter wants it; rahasia outweighs anonim."""
    hidden_reporter = Visibility.ANONYMOUS if submission.anonymous else Visibility.OPEN
    wanted = Visibility.CONFIDENTIAL if submission.confidential else hidden_reporter
    return named(wanted, submission.names_person)


def named(visibility: Visibility, names_person: bool) -> Visibility:
    """A report that names a person is rahasia by default, whether its reporter or a verifier says so."""
    return Visibility.CONFIDENTIAL if names_person else visibility


def hidden(visibility: Visibility, category: Category) -> Visibility:
    """The same by its category: who reports what is berkadar pengawasan stays hidden, and so does the report."""
    return Visibility.CONFIDENTIAL if category.kind == "berkadar" else visibility


def problems(submission: ComplaintSubmitted, seen: Circumstances) -> list[FieldError]:
    """Everything for which a submission is refused, field by field."""
    found = []
    if seen.category is None:
        found.append(FieldError("category", "is not in the list of categories in force"))
    if submission.service is not None and seen.standard is None:
        found.append(FieldError("service", "is not in the catalogue of services"))
    found += text_problems(submission.text, seen.policy) + _day_problems(submission, seen)
    return found + contact.problems(submission.contact)


def text_problems(text: str, policy: FilingPolicy) -> list[FieldError]:
    """What is wrong with a narrative, or with whatever else is said on a case."""
    if not text.strip():
        return [FieldError("text", "is empty")]
    if "\0" in text:
        return [FieldError("text", "holds a character that is not text")]
    longest = policy.text_length.value
    return [FieldError("text", f"is longer than {longest} characters")] if len(text) > longest else []


def _day_problems(submission: ComplaintSubmitted, seen: Circumstances) -> list[FieldError]:
    if submission.occurred_on is not None and submission.occurred_on > seen.filed_on:
        return [FieldError("occurred_on", "lies in the future")]
    if not too_old(served_on(submission.occurred_on, seen.record), seen.filed_on, seen.policy):
        return []
    field = "occurred_on" if submission.occurred_on is not None else "request_number"
    return [FieldError(field, f"the service is more than {seen.policy.after_service_days.value} days ago")]


def complaint(
    submission: ComplaintSubmitted,
    seen: Circumstances,
    *,
    complaint_id: UUID,
    sender: tuple[str, str] | None,
    reporter_ref: str,
    receipt_hash: bytes,
) -> Complaint:
    """The complaint that a submission without problems becomes. `sender`: CloudEvents source and id, if it has one."""
    assert seen.category is not None, "a submission with problems is refused"
    record, category = seen.record, seen.category
    employee_id = record.employee_id if record else submission.employee_id
    is_referred = category.kind == "berkadar"
    source, source_event_id = sender or (None, None)
    return Complaint(
        complaint_id=complaint_id,
        source=source,
        source_event_id=source_event_id,
        state=_first_state(is_assigned=employee_id is not None, is_referred=is_referred),
        category=category.code,
        part=category.part,
        trigger=category.trigger,
        policy_version=seen.policy_version,
        visibility=hidden(visibility(submission), category),
        text=submission.text,
        service=record.service if record else submission.service,
        unit=record.unit if record else seen.standard.unit if seen.standard else None,
        request_number=submission.request_number,
        record_id=record.record_id if record else None,
        employee_id=employee_id,
        occurred_on=submission.occurred_on,
        day=incident_day(record, submission.occurred_on, seen.filed_on),
        filed_at=seen.filed_at,
        filed_on=seen.filed_on,
        reporter_ref=reporter_ref,
        receipt_hash=receipt_hash,
        authority=seen.handling.oversight.value if is_referred else None,
        ended_at=seen.filed_at if is_referred else None,
    )


def _first_state(*, is_assigned: bool, is_referred: bool) -> State:
    """Berkadar pengawasan goes to the inspectorate at once, whomever it is about."""
    if is_referred:
        return move(State.RECEIVED, Verb.REFER)
    return move(State.RECEIVED, Verb.ASSIGN) if is_assigned else State.RECEIVED


def assigned(complaint: Complaint, record: ServiceRecord) -> Complaint:
    """A complaint whose service record has come: the same as if the record had been there before it."""
    return replace(
        complaint,
        state=move(complaint.state, Verb.ASSIGN),
        service=record.service,
        unit=record.unit,
        record_id=record.record_id,
        employee_id=record.employee_id,
        day=incident_day(record, complaint.occurred_on, complaint.filed_on),
    )


def told_filed(complaint: Complaint, record: ServiceRecord | None) -> ComplaintFiled:
    """What all others may know of a complaint, and of which record they have heard."""
    return ComplaintFiled(**_about(complaint, record))


def told_assigned(complaint: Complaint, record: ServiceRecord | None) -> ComplaintAssigned:
    """The same, once the officer concerned is known, or another one than before."""
    return ComplaintAssigned(**_about(complaint, record))


def told_verified(complaint: Complaint, record: ServiceRecord | None) -> ComplaintVerified:
    """The same, as a verifier leaves it."""
    return ComplaintVerified(**_about(complaint, record))


def told_unlinked(complaint: Complaint, record: ServiceRecord | None, from_id: UUID) -> ComplaintUnlinked:
    """The same, once it shares the incident of another no more."""
    return ComplaintUnlinked(**_about(complaint, record), from_id=from_id)


def follows(complaint: Complaint, category: Category | None, policy: HandlingPolicy) -> list[Event]:
    """What is told beside, by the category: that it was referred, or whom it praises."""
    if category and category.kind == "berkadar" and complaint.authority:
        return [ComplaintReferred(complaint_id=complaint.complaint_id, authority=complaint.authority)]
    if category and category.kind == "apresiasi" and complaint.employee_id:
        praise = {name: getattr(complaint, name) for name in PraiseGiven.model_fields if name != "part"}
        return [PraiseGiven(**praise, part=policy.praise_part.value)]
    return []


def _about(complaint: Complaint, record: ServiceRecord | None) -> dict[str, Any]:
    return {name: getattr(complaint, name) for name in TOLD} | {
        "evidence_id": record.record_id if record and record.told else None
    }
