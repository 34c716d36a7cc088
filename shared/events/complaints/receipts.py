"""Facts for strangers: what became of what they submitted."""

from uuid import UUID

from shared.events.base import Event, Part
from shared.events.complaints.words import RECEIPTS


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
