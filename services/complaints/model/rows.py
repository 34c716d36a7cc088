"""States of a complaint, and the rows of the service's tables."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.events.complaints import StandardUnit, Trigger, Visibility


class State(StrEnum):
    """Where a complaint stands: diterima, didisposisikan, ditindaklanjuti."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    EXAMINED = "examined"


class Verb(StrEnum):
    """What moves a complaint from one state to another."""

    ASSIGN = "assign"
    EXAMINE = "examine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One version of a service's processing standard."""

    service: str
    version: int
    name: str
    unit: str
    standard: int
    standard_unit: StandardUnit
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRecord:
    """A request for a service: open, overdue or (with `completed_at`) delivered.

    `due_on` is the last day in time, `deadline` its moment; `used` is in the standard's unit, net of pauses.
    `revision` is of the correction that stands, 0 for none; `cancelled` says why it counts nowhere.
    """

    record_id: UUID
    source: str
    request_number: str
    service: str
    unit: str
    employee_id: UUID
    received_at: datetime
    received_on: date
    standard: int
    standard_unit: StandardUnit
    deadline: datetime
    due_on: date
    overdue: bool = False
    completed_at: datetime | None = None
    paused_minutes: int = 0
    used: int | None = None
    counted_on: date | None = None
    revision: int = 0
    cancelled: str | None = None

    @property
    def running(self) -> bool:
        """Whether its work goes on."""
        return self.completed_at is None and self.cancelled is None

    @property
    def told(self) -> bool:
        """Whether `services.v1` tells of it: finished or overdue, and not cancelled."""
        return self.cancelled is None and (self.completed_at is not None or self.overdue)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCorrection:
    """A correction whose record has not come: the office's event by source and id, and its body as JSON."""

    source: str
    submission: str
    record_id: UUID
    revision: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who complained, normalised: the vault's row, and the only place where it is."""

    complaint_id: UUID
    name: str | None
    nik: str | None
    phone: str | None
    email: str | None
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint. `source` and `source_event_id` are none where it came over HTTP."""

    complaint_id: UUID
    source: str | None
    source_event_id: str | None
    state: State
    category: str
    part: str | None
    trigger: Trigger
    policy_version: str
    visibility: Visibility
    text: str
    service: str | None
    unit: str | None
    request_number: str | None
    record_id: UUID | None
    employee_id: UUID | None
    occurred_on: date | None
    day: date
    filed_at: datetime
    filed_on: date
    reporter_ref: str
    receipt_hash: bytes
