"""Learning hours: jam pelajaran (JP) of 45 minutes, an employee and year."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events.directory import Employment


@dataclass(frozen=True, slots=True)
class Employed:
    """How somebody is employed; `contract_since`: the first day of a contract, where the directory tells one."""

    employee_id: UUID
    status: Employment = Employment.PNS
    contract_since: date | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """The days of which somebody's learning hours count together: of a calendar year, or of a contract's."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Hours:
    """Learning hours of a year: completed, and booked on top of them."""

    completed: int
    booked: int


class Learning(BaseModel):
    """The learning hours of an employee in a year. `short`: how many a PNS lacks; `left`: how many a PPPK may take.

    The year runs from `since` until `until`: the calendar's, or the one of a PPPK contract, by the `year` it begins in.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "employee_id": "7d1c1f0e-3c55-4f0b-8f4e-2f9a6f0f7a01",
                    "year": 2026,
                    "since": "2026-01-01",
                    "until": "2026-12-31",
                    "status": "pns",
                    "completed": 6,
                    "booked": 10,
                    "short": 14,
                    "left": None,
                    "policy_version": "2026.1",
                }
            ]
        }
    )

    employee_id: UUID
    year: int
    since: date
    until: date
    status: Employment
    completed: int
    booked: int
    short: int | None
    left: int | None
    policy_version: str
