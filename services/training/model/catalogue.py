"""What is offered: courses, their sessions, and sessions that recur."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Code = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


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


class Routine(_Given):
    """A session that recurs each month on its n-th weekday, or on the next working day where that one is free."""

    code: Code
    course: Code
    nth: Annotated[int, Field(ge=1, le=4)]
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    at: time
    seats: Annotated[int, Field(ge=1)]
    place: str
    months_ahead: Annotated[int, Field(ge=1, le=12)]


class Catalogue(_Given):
    """The seed file."""

    version: str
    source: str
    courses: tuple[Course, ...]
    sessions: tuple[SessionSeed, ...]
    routines: tuple[Routine, ...] = ()

    @model_validator(mode="after")
    def _sessions_are_of_its_courses(self) -> Self:
        known = {course.code for course in self.courses}
        unknown = [one.code for one in self.sessions if one.course not in known]
        unknown += [one.code for one in self.routines if one.course not in known]
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: of a course that is not in the file")
        return self


@dataclass(frozen=True, slots=True)
class Planned:
    """A session to be opened."""

    session_id: UUID
    code: str
    course: str
    starts_at: datetime
    place: str
    seats: int


class Session(BaseModel):
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
                    "cancelled_at": None,
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
    cancelled_at: AwareDatetime | None = None
