"""State of the organisation: units, employees and services, each record with a version that is its sequence.

Compacted and restricted: the only topic on which an employee's name and address travel.
"""

from datetime import date
from uuid import UUID

from shared.events.base import Event, Kind, Topic
from shared.events.complaints import StandardUnit

DIRECTORY = Topic("directory.v1", sender="directory", kind=Kind.STATE)


class UnitRecorded(Event, topic=DIRECTORY, key="unit:{unit}"):
    """A unit of the district. `head_id` is the employee who leads it."""

    unit: str
    version: int
    name: str
    head_id: UUID | None = None
    parent: str | None = None


class EmployeeRecorded(Event, topic=DIRECTORY, key="employee:{employee_id}"):
    """A civil servant, under a random id (never the NIP, which shows birth date and sex)."""

    employee_id: UUID
    version: int
    name: str
    email: str
    unit: str
    position: str
    superior_id: UUID | None = None
    language: str = "id"


class ServiceRecorded(Event, topic=DIRECTORY, key="service:{service}"):
    """A service with its processing standard (PermenPANRB 15/2014: each office sets its own)."""

    service: str
    version: int
    name: str
    unit: str
    standard: int
    standard_unit: StandardUnit
    valid_from: date
