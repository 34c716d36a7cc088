"""Learning hours: jam pelajaran (JP) of 45 minutes, an employee and year."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events.directory import Employment


class Learning(BaseModel):
    """The learning hours of an employee in a year. `short`: how many a PNS lacks; `left`: how many a PPPK may take."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "employee_id": "7d1c1f0e-3c55-4f0b-8f4e-2f9a6f0f7a01",
                    "year": 2026,
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
    status: Employment
    completed: int
    booked: int
    short: int | None
    left: int | None
    policy_version: str
