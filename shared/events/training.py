"""What the training service tells."""

from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, Topic
from shared.events.complaints import Visibility

TRAININGS = Topic("trainings.v1", sender="training")


class EmployeeEnrolled(Event, topic=TRAININGS, key="{enrolment_id}"):
    """An employee got a seat for a training need. Enrolment is support, not a sanction (a visible reason follows)."""

    enrolment_id: UUID
    """The enrolment, waiting or seated: one a need."""
    need_id: UUID
    """The training need that it treats."""
    evaluation_id: UUID
    """The evaluation that showed the need."""
    employee_id: UUID
    """Who is to be trained."""
    test: str
    """The balance test that showed the need."""
    course: str
    """The course's code (`GET /courses` of training)."""
    session_id: UUID
    """The session with the seat."""
    starts_at: AwareDatetime
    """When the session begins."""
    visibility: Visibility
    """Who may learn of it, from the evaluation."""


class EmployeeWaitlisted(Event, topic=TRAININGS, key="{enrolment_id}"):
    """A training need waits: no session of a course that treats it has a free seat."""

    enrolment_id: UUID
    """The enrolment, waiting or seated: one a need."""
    need_id: UUID
    """The training need that it treats."""
    evaluation_id: UUID
    """The evaluation that showed the need."""
    employee_id: UUID
    """Who is to be trained."""
    test: str
    """The balance test that showed the need."""
    course: str | None
    """The course that it waits for, by its code; none where no course treats the need."""
    visibility: Visibility
    """Who may learn of it, from the evaluation."""
