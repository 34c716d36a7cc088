"""What the complaints service tells: about complaints, about service records, and the receipts for strangers."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, Part, Topic

COMPLAINTS = Topic("complaints.v1", sender="complaints")
SERVICES = Topic("services.v1", sender="complaints")
RECEIPTS = Topic("receipts.v1", sender="complaints")


class Visibility(StrEnum):
    """Who may learn of a report: `anonim` hides the reporter, `rahasia` the report too."""

    OPEN = "open"
    ANONYMOUS = "anonim"
    CONFIDENTIAL = "rahasia"


class Trigger(StrEnum):
    """When a category of complaint triggers an evaluation (policy)."""

    AT_FILING = "at_filing"
    AFTER_VERIFICATION = "after_verification"
    NEVER = "never"


class StandardUnit(StrEnum):
    """What a service's processing standard is counted in: net minutes, or hari kerja."""

    MINUTES = "minutes"
    WORKING_DAYS = "working_days"


class _AboutComplaint(Part):
    """What every listener needs to judge a complaint; no narrative, no request number, no reporter."""

    complaint_id: UUID
    """The complaint, for good; the flow that it starts is named by it (`ce_correlationid`)."""
    category: str
    """A code of the taxonomy (`GET /categories` of complaints)."""
    part: str | None
    """The part of the score that the category informs: `delay`, `procedure`, `behaviour`, or none."""
    trigger: Trigger
    day: date
    """The incident's day, local."""
    filed_at: AwareDatetime
    """When it was filed."""
    reporter_ref: str
    """An opaque reference, good for a quarter, so that one voice is counted once in it."""
    visibility: Visibility
    service: str | None = None
    """The service that it is about, by its code, where that is known."""
    unit: str | None = None
    """The unit that it is about, by its code, where that is known."""
    evidence_id: UUID | None = None
    """The record that it is about, if `services.v1` tells of it: that fact comes first, whichever topic is faster."""


class ComplaintFiled(_AboutComplaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """A complaint was accepted."""

    employee_id: UUID | None = None
    """The officer concerned, where known at filing."""


class ComplaintAssigned(_AboutComplaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """The officer concerned became known after filing (its service record came later)."""

    employee_id: UUID
    """The officer concerned."""


class _Named(Part):
    record_id: UUID
    """The service record, as the front office named it."""


class _Service(Part):
    """Whose work, against which standard."""

    service: str
    """The service, by its code."""
    unit: str
    """The unit that did the work, by its code."""
    employee_id: UUID
    """The officer whose work it is."""
    received_at: AwareDatetime
    """When the request was received."""
    standard: int
    """The service's processing standard on that day, in `standard_unit`; net of pauses."""
    standard_unit: StandardUnit


class _AboutService(_Service, _Named):
    """A service record."""


class ServiceDelivered(_AboutService, Event, topic=SERVICES, key="{record_id}"):
    """A request was finished."""

    finished_at: AwareDatetime
    """When the request was finished."""
    used: int
    """The time it took, net of pauses, in `standard_unit`, rounded up."""
    counted_on: date
    """The local day that it counts on."""


class ServiceOverdue(_AboutService, Event, topic=SERVICES, key="{record_id}"):
    """A request's deadline passed while it was unfinished. It counts on the deadline's day from then on."""

    deadline: AwareDatetime
    """When the standard ran out."""
    counted_on: date
    """The deadline's local day, on which it counts from then on."""


class CountedService(_Service):
    """A service record as it counted, or counts now."""

    finished_at: AwareDatetime | None
    """When the request was finished; none where it was overdue and unfinished."""
    used: int | None
    """The time it took, as in `ServiceDelivered`; none where it was overdue and unfinished."""
    counted_on: date
    """The local day that it counts on."""


class ServiceRevised(_Named, Event, topic=SERVICES, key="{record_id}"):
    """What had been told of a service record was wrong: its office corrected or cancelled it."""

    revision: int
    """The number that the office gave to the correction."""
    was: CountedService
    """What was told of it last: it counts no more."""
    counts: CountedService | None
    """What counts in its place; nothing where the record was cancelled."""


class FieldProblem(Part):
    """What was wrong with one field; never the value itself."""

    field: str
    """Its path, with dots (`contact.email`); `data` is the whole body."""
    problem: str
    """What is wrong, in words."""


class SubmissionAccepted(Event, topic=RECEIPTS, key="{source} {submission}"):
    """A submission became a complaint."""

    source: str
    """The CloudEvents source of what was submitted."""
    submission: str
    """Its CloudEvents id."""
    complaint_id: UUID
    """The complaint that it became."""


class SubmissionRefused(Event, topic=RECEIPTS, key="{source} {submission}"):
    """A submission or service record was refused."""

    source: str
    """The CloudEvents source of what was submitted."""
    submission: str
    """Its CloudEvents id."""
    problems: tuple[FieldProblem, ...]
    """Every field that was wrong, or `data` where nothing could be read."""
