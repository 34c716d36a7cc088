"""Facts that say what a complaint is about: each of them is all that a listener needs to judge it."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, Part
from shared.events.complaints.words import COMPLAINTS, Trigger, Visibility


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
    """The officer concerned became known after filing: its service record came later, or a person named the officer.

    Told again where it is somebody else after all: what followed for the one before is undone.
    """

    employee_id: UUID
    """The officer concerned."""


class ComplaintVerified(_AboutComplaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """A verifier examined what was filed. Category, visibility and trigger are as they stand now."""

    employee_id: UUID | None = None
    """The officer concerned, where known by then."""


class ComplaintUnlinked(_AboutComplaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """A person found that a linked complaint is about another incident after all: it counts by itself again."""

    employee_id: UUID | None = None
    """The officer concerned, where known by then."""
    from_id: UUID
    """The complaint whose incident it was said to share."""


class PraiseGiven(Event, topic=COMPLAINTS, key="{complaint_id}"):
    """A citizen praised an officer (apresiasi)."""

    complaint_id: UUID
    """The report that holds the praise."""
    employee_id: UUID
    """The officer praised."""
    part: str
    """The part of the score that it counts for."""
    day: date
    """The day it is about, local."""
    filed_at: AwareDatetime
    """When it was filed."""
    reporter_ref: str
    """As of a complaint: one voice is counted once a quarter."""
