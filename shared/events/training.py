"""What the training service tells."""

from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, Topic
from shared.events.complaints import Visibility

TRAININGS = Topic("trainings.v1", sender="training")


class EmployeeEnrolled(Event, topic=TRAININGS, key="{enrolment_id}"):
    """An employee got a seat for a training need. Enrolment is support, not a sanction (a visible reason follows)."""

    enrolment_id: UUID
    need_id: UUID
    evaluation_id: UUID
    employee_id: UUID
    test: str
    course: str
    session_id: UUID
    starts_at: AwareDatetime
    visibility: Visibility


class EmployeeWaitlisted(Event, topic=TRAININGS, key="{enrolment_id}"):
    """A training need waits: no session of a course that treats it has a free seat (`course` none: no such course)."""

    enrolment_id: UUID
    need_id: UUID
    evaluation_id: UUID
    employee_id: UUID
    test: str
    course: str | None
    visibility: Visibility
