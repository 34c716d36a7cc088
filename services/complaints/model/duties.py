"""The duty roster, and who could have been at a counter."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One officer at one counter, from `since` until just before `until`."""

    employee_id: UUID
    since: datetime
    until: datetime


class Candidate(BaseModel):
    """An officer who may be the one, and how sure that is: 0 to 1; those of all candidates add up to 1."""

    employee_id: UUID
    confidence: float


class Candidates(BaseModel):
    """Who was on duty in a window, likeliest first. `covered` is the part of it in which the roster names anybody."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit": "pelayanan",
                    "since": "2026-03-02T08:00:00+07:00",
                    "until": "2026-03-02T10:00:00+07:00",
                    "covered": 1.0,
                    "candidates": [
                        {"employee_id": "ed41681b-34b2-4090-a67b-464b2347e66d", "confidence": 0.75},
                        {"employee_id": "9439f7bf-96d4-4bf5-a61a-a0a68e2be245", "confidence": 0.25},
                    ],
                }
            ]
        }
    )

    unit: str
    since: AwareDatetime
    until: AwareDatetime
    covered: float
    candidates: list[Candidate]
