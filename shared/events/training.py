"""What the training service tells."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, Part, Topic
from shared.events.complaints import Visibility

TRAININGS = Topic("trainings.v1", sender="training")


class _Enrolment(Part):
    enrolment_id: UUID
    """The enrolment, waiting or seated: one a need."""
    need_id: UUID | None
    """The training need that it treats; none of a seat that the employee took of their own accord."""
    employee_id: UUID
    """Who is to be trained."""
    test: str | None
    """The balance test that showed the need, where there is one."""
    course: str | None
    """The course's code (`GET /courses` of training); none where no course treats the need."""
    visibility: Visibility
    """Who may learn of it, from the evaluation."""


class EmployeeEnrolled(Event, topic=TRAININGS, key="{enrolment_id}"):
    """An employee got a seat for a training need, or another seat in place of one that was lost.

    Enrolment is support, not a sanction (a visible reason follows).
    """

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


class EmployeePromoted(_Enrolment, Event, topic=TRAININGS, key="{enrolment_id}"):
    """Somebody who waited got a seat: one was freed, or a session was scheduled."""

    session_id: UUID
    """The session with the seat."""
    starts_at: AwareDatetime
    """When the session begins."""


class EnrolmentCancelled(_Enrolment, Event, topic=TRAININGS, key="{enrolment_id}"):
    """An enrolment ended before its training."""

    reason: str
    """`need withdrawn`, `by the employee`, `session cancelled` (of a seat without a need), or `objection`.

    After an objection the place in line is kept: where it is refused, a seat or a wait is told under the same key.
    """


class TrainingCompleted(_Enrolment, Event, topic=TRAININGS, key="{enrolment_id}"):
    """The training was attended and passed: its need is met. Needs that shared a seat tell it once each."""

    session_id: UUID
    """The session attended."""
    completed_on: date
    """The last day of the training, local."""
    jp: int
    """Learning hours: jam pelajaran of 45 minutes. They count once an employee and session."""
    score: int | None = None
    """The result of the course's test, 0..100, where it has one."""


class TrainingMissed(_Enrolment, Event, topic=TRAININGS, key="{enrolment_id}"):
    """Somebody with a seat did not come, or did not pass."""

    session_id: UUID
    """The session."""
    reason: str
    """`absent` or `not passed`."""


class SessionScheduled(Event, topic=TRAININGS, key="session:{session_id}"):
    """A session of a course was scheduled."""

    session_id: UUID
    """The session."""
    course: str
    """The course's code."""
    starts_at: AwareDatetime
    """When it begins."""
    seats: int
    """How many can take part."""
