"""States of a complaint, and the rows of the service's tables."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.events.complaints import Finding, StandardUnit, Trigger, Visibility


class State(StrEnum):
    """Where a complaint stands. The law's words are in `LAW`."""

    RECEIVED = "received"
    VERIFIED = "verified"
    ASSIGNED = "assigned"
    EXAMINED = "examined"
    ON_HOLD = "on_hold"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"
    PASSED_ON = "passed_on"
    ARCHIVED = "archived"


LAW = {
    State.RECEIVED: "diterima",
    State.VERIFIED: "diverifikasi",
    State.ASSIGNED: "didisposisikan",
    State.EXAMINED: "ditindaklanjuti",
    State.ON_HOLD: "ditunda",
    State.ANSWERED: "ditanggapi",
    State.REOPENED: "dibuka_kembali",
    State.CLOSED: "selesai",
    State.PASSED_ON: "dialihkan",
    State.ARCHIVED: "diarsipkan",
}
"""The states in the words of the law and of SP4N-LAPOR!."""


class Verb(StrEnum):
    """What is done with a complaint. Some move it from one state to another, some only some states allow."""

    VERIFY = "verify"
    ASSIGN = "assign"
    """Name whom it is about."""
    EXAMINE = "examine"
    """An evaluation was opened."""
    HANDLE = "handle"
    """Take the case, or give it to somebody."""
    ASK = "ask"
    """Ask the reporter for data."""
    PROVIDE = "provide"
    """The reporter gives what was asked for."""
    COMMENT = "comment"
    ANSWER = "answer"
    REVISE = "revise"
    """Put another finding in the place of the one before."""
    RATE = "rate"
    CLOSE = "close"
    REOPEN = "reopen"
    REJECT = "reject"
    PASS_ON = "pass_on"  # noqa: S105 (it passes on, and is no password)
    REFER = "refer"
    """Give a case of bribery, abuse of office or conflict of interest to the inspectorate."""
    WITHDRAW = "withdraw"


class Kind(StrEnum):
    """What was said on a case."""

    ANSWER = "answer"
    REVISION = "revision"
    QUESTION = "question"
    DATA = "data"
    COMMENT = "comment"
    REOPENING = "reopening"
    ENDING = "ending"
    """Why it was rejected, passed on or referred."""


class Audience(StrEnum):
    """For whom something was said on a case: everybody, its reporter and staff, or staff alone."""

    PUBLIC = "public"
    REPORTER = "reporter"
    INTERNAL = "internal"


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
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint. `source` and `source_event_id` are none where it came over HTTP.

    `employee_id` is whom it is about, `handler_id` who handles the case. `answers`, `data_requests` and `reopened`
    count. `ended_at` is set while it is closed, archived (with a `reason`) or passed on (to an `authority`).
    """

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
    handler_id: UUID | None = None
    verified_at: datetime | None = None
    answers: int = 0
    answered_at: datetime | None = None
    finding: Finding | None = None
    data_requests: int = 0
    reopened: int = 0
    reason: str | None = None
    authority: str | None = None
    ended_at: datetime | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that was said on a case; by its reporter where there is no author."""

    said_id: UUID
    complaint_id: UUID
    kind: Kind
    audience: Audience
    author_id: UUID | None
    text: str
    finding: Finding | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """Who works where, under whom. The superior is the direct one, else the head of the unit, if there is one."""

    employee_id: UUID
    unit: str
    superior_id: UUID | None
