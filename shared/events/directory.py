"""State of the organisation: units, employees, services and duties, each with a version that is its sequence.

Compacted and restricted: the only topic on which an employee's name and address travel.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, Kind, Topic
from shared.events.complaints import StandardUnit

DIRECTORY = Topic("directory.v1", sender="directory", kind=Kind.STATE)


class Employment(StrEnum):
    """How a civil servant (ASN) is employed: permanently, or on a contract (UU 20/2023)."""

    PNS = "pns"
    PPPK = "pppk"


class UnitRecorded(Event, topic=DIRECTORY, key="unit:{unit}"):
    """A unit of the district."""

    unit: str
    """The unit's code."""
    version: int
    """Its version, which is the record's sequence."""
    name: str
    """Its name, for people."""
    head_id: UUID | None = None
    """The employee who leads it."""
    parent: str | None = None
    """The unit above it."""


class EmployeeRecorded(Event, topic=DIRECTORY, key="employee:{employee_id}"):
    """A civil servant, under a random id (never the NIP, which shows birth date and sex)."""

    employee_id: UUID
    """The civil servant, under a random id."""
    version: int
    """Its version, which is the record's sequence."""
    name: str
    """The civil servant's name."""
    email: str
    """Where mail reaches the civil servant."""
    unit: str
    """The unit's code."""
    position: str
    """The position, in the law's words."""
    superior_id: UUID | None = None
    """The direct superior."""
    language: str = "id"
    """Of messages: `id` or `en`."""
    status: Employment = Employment.PNS
    """Which learning hours hold: PNS have a least number a year, PPPK a greatest."""
    contract_since: date | None = None
    """Of a PPPK the first day of the contract: its years, and so its learning hours, count from there."""


class ServiceRecorded(Event, topic=DIRECTORY, key="service:{service}"):
    """A service with its processing standard (PermenPANRB 15/2014: each office sets its own)."""

    service: str
    """The service's code."""
    version: int
    """Its version, which is the record's sequence."""
    name: str
    """Its name, for people."""
    unit: str
    """The unit that offers it."""
    standard: int
    """The processing standard, in `standard_unit`."""
    standard_unit: StandardUnit
    valid_from: date
    """The local day from which the standard holds."""


class DutyRecorded(Event, topic=DIRECTORY, key="duty:{duty_id}"):
    """Who was on duty at a counter, and when: the roster. What fell out gets a version that ends as it begins."""

    duty_id: UUID
    """The entry of the roster."""
    version: int
    """Its version, which is the record's sequence."""
    unit: str
    """The unit whose counter it is."""
    counter: str
    """The counter, by its code."""
    employee_id: UUID
    """Who was on duty."""
    since: AwareDatetime
    """When the duty began."""
    until: AwareDatetime
    """When it ended: the first moment that is no part of it."""
    services: tuple[str, ...] = ()
    """The services offered there, by their codes; none named: all of the unit."""
