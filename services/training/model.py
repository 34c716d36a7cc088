"""The words of training: courses, sessions, needs, seats, and what becomes of a need."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.policy import Policy


class State(StrEnum):
    """What became of a need. `covered`: an open enrolment for the same weakness already serves it."""

    ENROLLED = "enrolled"
    WAITLISTED = "waitlisted"
    COVERED = "covered"


class DisplayPolicy(Policy):
    """When an employee may see an enrolment that follows a complaint of a hidden reporter (local time)."""

    opening: time


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Code = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]


class Words(_Given):
    """A name in both languages."""

    id: str
    en: str


class Course(_Given):
    """A course and the weaknesses it treats: balance tests by name, or every test of a whole part."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "ktp-el-tepat-waktu",
                    "name": {"id": "KTP-el tepat waktu di loket", "en": "Electronic identity cards on time"},
                    "form": "bimtek",
                    "jp": 6,
                    "tests": ["ktp"],
                    "parts": [],
                }
            ]
        }
    )

    code: Code
    name: Words
    form: Literal["pelatihan", "seminar", "workshop", "kursus", "bimtek", "coaching", "mentoring", "e-learning"]
    jp: Annotated[int, Field(ge=1, description="jam pelajaran of 45 minutes")]
    tests: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


class SessionSeed(_Given):
    """A session placed relative to the day on which the catalogue is first loaded."""

    code: Code
    course: Code
    in_working_days: Annotated[int, Field(ge=1)]
    at: time
    seats: Annotated[int, Field(ge=1)]
    place: str


class Catalogue(_Given):
    """The seed file."""

    version: str
    source: str
    courses: tuple[Course, ...]
    sessions: tuple[SessionSeed, ...]


class Session(_Given):
    """A session as people see it; `free` is the number of seats that nobody holds."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "session_id": "5a1f3c77-2f5e-4e0b-b1b1-0d9a5b7c6e21",
                    "code": "ktp-1",
                    "course": "ktp-el-tepat-waktu",
                    "starts_at": "2026-03-02T02:15:30.123456Z",
                    "place": "Kantor kecamatan",
                    "seats": 20,
                    "free": 7,
                }
            ]
        }
    )

    session_id: UUID
    code: str
    course: str
    starts_at: AwareDatetime
    place: str
    seats: int
    free: int


class Enrolment(_Given):
    """What became of one training need, and the reason that is shown for it: the test that found it."""

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
                    "course": "ktp-el-tepat-waktu",
                    "session_id": "5a1f3c77-2f5e-4e0b-b1b1-0d9a5b7c6e21",
                    "starts_at": "2026-03-02T02:15:30.123456Z",
                    "enrolled_at": "2026-03-02T02:15:30.123456Z",
                }
            ]
        }
    )

    enrolment_id: UUID
    need_id: UUID
    evaluation_id: UUID
    employee_id: UUID
    test: str
    part: str
    state: State
    course: str | None
    session_id: UUID | None
    starts_at: AwareDatetime | None
    enrolled_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class Need:
    """A weakness that a balance test found in an employee's evidence."""

    need_id: UUID
    employee_id: UUID
    test: str
    part: str


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
