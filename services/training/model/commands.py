"""What is asked over HTTP, and what is answered to it."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.day import Day

MOST_SEATS = 10_000
MOST_RESULTS = 500


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Schedule(_Asked):
    """A session to be scheduled."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "course": "ktp-el-tepat-waktu",
                    "starts_at": "2026-12-10T09:00:00+09:00",
                    "place": "Aula Kecamatan Salor",
                    "seats": 20,
                }
            ]
        }
    )

    course: Annotated[str, Field(max_length=60, description="the code of a course of `GET /courses`")]
    starts_at: AwareDatetime
    place: Annotated[str, Field(min_length=1, max_length=200)]
    seats: Annotated[int, Field(ge=1, le=MOST_SEATS)]


class OfSession(_Asked):
    """The session that a command is about."""

    session_id: UUID


class SignUp(OfSession):
    """A seat that an employee takes of their own accord."""

    employee_id: UUID


class Leave(_Asked):
    """An enrolment that its employee cancels."""

    enrolment_id: UUID
    employee_id: UUID


class Result(_Asked):
    """What became of somebody's seat. `score` is of the course's test, where it has one."""

    employee_id: UUID
    attended: bool
    passed: bool = True
    score: Annotated[int, Field(ge=0, le=100)] | None = None


class Results(_Asked):
    """What the trainer found. `ended_on` is the last day of the training; without it the day of its start."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ended_on": "2026-03-03",
                    "results": [
                        {"employee_id": "7d1c1f0e-3c55-4f0b-8f4e-2f9a6f0f7a01", "attended": True, "score": 84},
                        {"employee_id": "ed41681b-34b2-4090-a67b-464b2347e66d", "attended": False},
                    ],
                }
            ]
        }
    )

    ended_on: Day | None = None
    results: Annotated[tuple[Result, ...], Field(min_length=1, max_length=MOST_RESULTS)]


class ResultsOf(Results):
    """The same, of a session."""

    session_id: UUID


class Recorded(BaseModel):
    """How many employees completed the training, and how many missed it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"session_id": "5a1f3c77-2f5e-4e0b-b1b1-0d9a5b7c6e21", "completed": 18, "missed": 2}]
        }
    )

    session_id: UUID
    completed: int
    missed: int


class Participant(BaseModel):
    """Somebody with a seat; never why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"employee_id": "7d1c1f0e-3c55-4f0b-8f4e-2f9a6f0f7a01", "state": "enrolled"}]}
    )

    employee_id: UUID
    state: str
