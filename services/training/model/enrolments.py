"""Who sits where: needs, seats, and what becomes of an enrolment."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.events.complaints import Visibility


class State(StrEnum):
    """What became of a need, or of a seat that somebody took of their own accord."""

    PROPOSED = "proposed"
    """Its evaluation is not confirmed yet, and the policy waits for that."""
    WAITLISTED = "waitlisted"
    ENROLLED = "enrolled"
    SUSPENDED = "suspended"
    """The employee objected: it has no seat, but keeps its place in line."""
    COVERED = "covered"
    """An open enrolment for the same weakness already serves it."""
    COMPLETED = "completed"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Verb(StrEnum):
    """What happens to an enrolment."""

    QUEUE = "queue"
    """It stands in line, from the place that it has."""
    SEAT = "seat"
    COVER = "cover"
    SUSPEND = "suspend"
    CANCEL = "cancel"
    COMPLETE = "complete"
    MISS = "miss"


OPEN = (State.WAITLISTED, State.ENROLLED)
"""Of a weakness of an employee one enrolment is open, at most."""


class Because(StrEnum):
    """Why an enrolment has no seat, or none any more."""

    UNCONFIRMED = "awaits confirmation"
    OBJECTION = "objection"
    WITHDRAWN = "need withdrawn"
    BY_EMPLOYEE = "by the employee"
    SESSION_CANCELLED = "session cancelled"
    ABSENT = "absent"
    NOT_PASSED = "not passed"


@dataclass(frozen=True, slots=True)
class Need:
    """A weakness that a balance test found in an employee's evidence."""

    need_id: UUID
    employee_id: UUID
    test: str
    part: str

    @property
    def weakness(self) -> tuple[UUID, str]:
        """Whose it is, and which."""
        return self.employee_id, self.test


@dataclass(frozen=True, slots=True)
class Seats:
    """A session to allocate: who holds its seats. Two needs of one employee share one seat."""

    session_id: UUID
    course: str
    starts_at: datetime
    seats: int
    holders: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Placed:
    """What `allocate` decided about a need."""

    need: Need
    state: State
    course: str | None = None
    session: Seats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An enrolment as it is kept. `since` is its place in line: when its need was told, or when a seat was missed.

    `need` and `evaluation_id` are none of a seat that an employee took of their own accord.
    """

    enrolment_id: UUID
    employee_id: UUID
    need: Need | None
    evaluation_id: UUID | None
    visibility: Visibility
    state: State
    since: datetime
    enrolled_at: datetime
    visible_from: datetime
    course: str | None = None
    session_id: UUID | None = None
    starts_at: datetime | None = None
    misses: int = 0
    reason: str | None = None
    completed_on: date | None = None
    jp: int | None = None
    score: int | None = None


class Enrolment(BaseModel):
    """What became of one training need, and the reason that is shown for it: the test that found it.

    `reason`: why it waits, or ended. `in_line`: its place among those that wait for the same course, from 1.
    Without need: a seat that the employee took of their own accord.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "enrolment_id": "019a7c3e-7b30-8e22-9d18-a2e3d4f50617",
                    "need_id": "019a7c3e-6a20-8b11-8c07-91d2c3e4f506",
                    "evaluation_id": "019a7c3e-6a20-8b11-8c07-91d2c3e4f506",
                    "employee_id": "7d1c1f0e-3c55-4f0b-8f4e-2f9a6f0f7a01",
                    "test": "ktp",
                    "part": "timeliness",
                    "state": "enrolled",
                    "reason": None,
                    "in_line": None,
                    "course": "ktp-el-tepat-waktu",
                    "session_id": "5a1f3c77-2f5e-4e0b-b1b1-0d9a5b7c6e21",
                    "starts_at": "2026-03-02T02:15:30.123456Z",
                    "enrolled_at": "2026-03-02T02:15:30.123456Z",
                    "completed_on": None,
                    "jp": None,
                    "score": None,
                }
            ]
        }
    )

    enrolment_id: UUID
    need_id: UUID | None
    evaluation_id: UUID | None
    employee_id: UUID
    test: str | None
    part: str | None
    state: State
    reason: str | None
    in_line: int | None
    course: str | None
    session_id: UUID | None
    starts_at: AwareDatetime | None
    enrolled_at: AwareDatetime
    completed_on: date | None
    jp: int | None
    score: int | None
