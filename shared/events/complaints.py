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
    """What every listener needs to judge a complaint; no narrative, no request number, no reporter.

    `part` is the part of the score that the category informs (`delay`, `procedure`, `behaviour`, or none), `day` the
    incident's day, `reporter_ref` an opaque reference that lets one voice be counted once a quarter. `evidence_id` is
    the record that it is about, where `services.v1` has told of it: that fact comes first, whichever topic is faster.
    """

    complaint_id: UUID
    category: str
    part: str | None
    trigger: Trigger
    day: date
    filed_at: AwareDatetime
    reporter_ref: str
    visibility: Visibility
    service: str | None = None
    unit: str | None = None
    evidence_id: UUID | None = None


class ComplaintFiled(_AboutComplaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """A complaint was accepted. `employee_id` is set where the officer concerned was known at filing."""

    employee_id: UUID | None = None


class ComplaintAssigned(_AboutComplaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """The officer concerned became known after filing (its service record came later)."""

    employee_id: UUID


class _AboutService(Part):
    """A service record: whose work, against which standard. `received_at` to the deadline is net of pauses."""

    record_id: UUID
    service: str
    unit: str
    employee_id: UUID
    received_at: AwareDatetime
    standard: int
    standard_unit: StandardUnit


class ServiceDelivered(_AboutService, Event, topic=SERVICES, key="{record_id}"):
    """A request was finished. `used` is in the standard's unit; `counted_on` is the day it counts on (local)."""

    finished_at: AwareDatetime
    used: int
    counted_on: date


class ServiceOverdue(_AboutService, Event, topic=SERVICES, key="{record_id}"):
    """A request's deadline passed while it was unfinished. It counts on the deadline's day from then on."""

    deadline: AwareDatetime
    counted_on: date


class FieldProblem(Part):
    """What was wrong with one field; never the value itself."""

    field: str
    problem: str


class SubmissionAccepted(Event, topic=RECEIPTS, key="{source} {submission}"):
    """A submission became a complaint. `source` and `submission` are the sender's CloudEvents source and id."""

    source: str
    submission: str
    complaint_id: UUID


class SubmissionRefused(Event, topic=RECEIPTS, key="{source} {submission}"):
    """A submission or service record was refused, with every field that was wrong."""

    source: str
    submission: str
    problems: tuple[FieldProblem, ...]
