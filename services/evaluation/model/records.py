"""Evidence that people record over HTTP: attendance, coach's scores, innovations."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from shared.day import Day
from shared.wording import InWords

MOST = 500
Month = Annotated[
    str, Field(pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$", examples=["2026-07"]), InWords("must be a month like 2026-07")
]
OneToFive = Annotated[StrictInt, Field(ge=1, le=5), InWords("must be a whole number from 1 to 5")]
EMPLOYEE = "7d1c1f0e-3c55-4f0b-8f4e-2f9a6f0f7a01"


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attendance(_Sent):
    """One employee's month: the days of unexcused absence, or none. It takes the place of what was said before."""

    employee_id: UUID
    month: Month
    absent_on: Annotated[tuple[Day, ...], Field(max_length=31)]

    @property
    def first_day(self) -> date:
        """Of the month."""
        return date.fromisoformat(f"{self.month}-01")


class AttendanceLot(_Sent):
    """Months of many employees: all are taken, or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {"employee_id": EMPLOYEE, "month": "2026-07", "absent_on": ["2026-07-14"]},
                        {"employee_id": EMPLOYEE, "month": "2026-08", "absent_on": []},
                    ]
                }
            ]
        }
    )

    items: Annotated[list[Attendance], Field(min_length=1, max_length=MOST)]


class CoachScore(_Sent):
    """How a coach scores an employee's competence on a day, 1 (worst) to 5. The same day again replaces it."""

    employee_id: UUID
    scored_on: Day
    score: OneToFive


class CoachScoreLot(_Sent):
    """Scores that the caller gives as a coach: all are taken, or none."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{"employee_id": EMPLOYEE, "scored_on": "2026-07-14", "score": 4}]}]}
    )

    items: Annotated[list[CoachScore], Field(min_length=1, max_length=MOST)]


class Criteria(_Sent):
    """The five criteria of an innovation (PermenPANRB 91/2021), 1 (worst) to 5."""

    novel: OneToFive
    effective: OneToFive
    useful: OneToFive
    easy_to_spread: OneToFive
    sustainable: OneToFive

    @property
    def points(self) -> tuple[int, ...]:
        """In the order above."""
        return self.novel, self.effective, self.useful, self.easy_to_spread, self.sustainable


class Innovation(_Sent):
    """An innovation that an employee proposed, as the direct superior judges it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "employee_id": EMPLOYEE,
                    "proposed_on": "2026-07-14",
                    "title": "Queue numbers by message",
                    "criteria": {"novel": 4, "effective": 3, "useful": 4, "easy_to_spread": 3, "sustainable": 4},
                }
            ]
        }
    )

    employee_id: UUID
    proposed_on: Day
    title: Annotated[str, Field(min_length=1, max_length=200)]
    criteria: Criteria


class InnovationShown(BaseModel):
    """An innovation as it is kept: what was proposed and when, and how the direct superior judged it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "innovation_id": "019a7c3e-6a20-8b11-8c07-91d2c3e4f509",
                    "employee_id": EMPLOYEE,
                    "proposed_on": "2026-07-14",
                    "title": "Queue numbers by message",
                    "criteria": {"novel": 4, "effective": 3, "useful": 4, "easy_to_spread": 3, "sustainable": 4},
                    "recorded_at": "2026-07-15T02:00:00Z",
                }
            ]
        }
    )

    innovation_id: UUID
    employee_id: UUID
    proposed_on: date
    title: str
    criteria: Criteria
    recorded_at: datetime


class CoachScoreShown(BaseModel):
    """A coach's score as it is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"employee_id": EMPLOYEE, "scored_on": "2026-07-14", "coach": EMPLOYEE, "score": 4}]
        }
    )

    employee_id: UUID
    scored_on: date
    coach: str
    score: int


class AttendanceShown(BaseModel):
    """A month of which attendance is known, by its first day, and the days of unexcused absence in it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"employee_id": EMPLOYEE, "month": "2026-07-01", "absent_on": ["2026-07-14"]}]}
    )

    employee_id: UUID
    month: date
    absent_on: list[date]


class Recorded(BaseModel):
    """How many records were taken."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"recorded": 1}]})

    recorded: int
