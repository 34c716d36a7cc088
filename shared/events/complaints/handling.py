"""Facts about the handling of a complaint: answers, pauses, endings, and the clocks beside them."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, Part
from shared.events.complaints.words import COMPLAINTS, Clock, Finding


class _Complaint(Part):
    complaint_id: UUID
    """The complaint."""


class ComplaintAnswered(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """The handler answered, with a finding. A further answer tells it again."""

    employee_id: UUID | None
    """The officer concerned, where known."""
    finding: Finding
    """What was found."""
    times: int
    """1 for the first answer, one more for each that follows."""


class FindingRevised(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """Another finding takes the place of the one before."""

    employee_id: UUID | None
    """The officer concerned, where known."""
    finding: Finding
    """What is found now."""


class DataRequested(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """The reporter was asked for what is missing; the clocks pause."""

    times: int
    """How often the reporter was asked."""


class DataProvided(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """The reporter gave what was missing; the clocks go on."""

    times: int
    """Which of the requests it answers."""


class CommentAdded(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """Somebody said something about a case to its reporter, or the reporter did. What was said stays with the owner."""

    comment_id: UUID
    """The comment."""
    by_reporter: bool
    """Whether the reporter said it."""


class ComplaintClosed(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """The case ended with its answer."""

    by: str
    """`silence` of the reporter, the `reporter`, or the `handler`."""


class ComplaintReopened(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """The reporter was not satisfied; the case goes on."""

    times: int
    """1 for the first time."""


class ComplaintRejected(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """The case was archived as invalid, which counts as a finding of `rejected`."""

    employee_id: UUID | None
    """The officer concerned, where known."""
    reason: str
    """A code of the published list."""


class ComplaintPassedOn(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """Another authority is competent, and was given the case."""

    employee_id: UUID | None
    """The officer concerned, where known."""
    authority: str
    """Its code."""


class ComplaintReferred(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """A case of bribery, abuse of office or conflict of interest went to the inspectorate: nothing is evaluated."""

    authority: str
    """Its code."""


class ComplaintWithdrawn(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """The reporter took the complaint back."""

    employee_id: UUID | None
    """The officer concerned, where known."""


class ComplaintRated(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """The reporter said how satisfied they are with the handling."""

    rating: int
    """1 (not at all) to 4 (very)."""


class ComplaintLinked(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """A person found that a complaint is about the same incident as another: they count once, each gets its answer."""

    employee_id: UUID | None
    """The officer concerned, where known."""
    to_id: UUID
    """The complaint whose incident it shares."""


class DeadlineNear(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """A deadline comes near: one warning for each threshold."""

    clock: Clock
    """Which clock."""
    due_on: date
    """The last day in time, local."""
    handler_id: UUID | None
    """Who handles the case."""
    threshold: int
    """Working days that were left when it was told; 0 on the last day."""


class ComplaintEscalated(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """A deadline passed: the next one above is told, whoever is the subject or its superior is skipped."""

    clock: Clock
    """Which clock."""
    due_on: date
    """The last day in time, local."""
    level: int
    """1 unit head, 2 camat."""
    to_id: UUID
    """Who is to see to it."""


class DeadlineMoved(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """A deadline is another day now: the case was paused, the calendar was changed by decree, or the category."""

    clock: Clock
    """Which clock."""
    due_on: date
    """The last day in time, local."""
    reason: str
    """`pause`, `calendar` or `category`."""


class IdentityRevealed(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """Somebody looked up who the hidden reporter is, for a reason that is logged; the reporter is told."""

    reveal_id: UUID
    """The entry of the log."""
    at: AwareDatetime
    """When."""


class ReporterErased(_Complaint, Event, topic=COMPLAINTS, key="{complaint_id}"):
    """Everything that says who the reporter is was erased, as the reporter asked or at the end of the term."""
