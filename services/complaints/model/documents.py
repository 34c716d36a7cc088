"""What comes and goes over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.complaints.model.cases import SAID, SaidToReporter
from services.complaints.model.clocks import SHOWN, ShownClock
from services.complaints.model.rows import State
from shared.events.complaints import StandardUnit, Trigger, Visibility
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted, Contact
from shared.wording import InWords


class ReportedContact(Contact):
    """A contact over HTTP: a field that nobody knows is a mistake, told at once."""

    model_config = ConfigDict(extra="forbid")


class Report(ComplaintSubmitted, topic=FRONTOFFICE, key=ComplaintSubmitted.key_template):
    """A report over HTTP. Unlike an event's, its unknown fields are refused: a misspelt `anonymous` would be open."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "category": "undue_delay",
                    "text": "My identity card was promised for Monday.",
                    "service": "ktp",
                    "request_number": "KTP-2026-00123",
                    "anonymous": True,
                    "contact": {"email": "reporter@example.org", "language": "en"},
                }
            ]
        },
    )

    contact: ReportedContact = ReportedContact()


class Filing(BaseModel):
    """A filing over HTTP. The address is only counted: it is no part of the body that a repetition must equal."""

    model_config = ConfigDict(frozen=True)

    submission: ComplaintSubmitted
    address: str = Field(default="", exclude=True)


class Filed(BaseModel):
    """The answer to a filing, as stored: the endpoint puts the receipt code, which is never stored, for its hash."""

    complaint_id: UUID
    status: str
    filed_at: datetime
    receipt_hash: str


class Receipt(BaseModel):
    """The answer to a filing as it is sent, with the receipt code."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "complaint_id": "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11",
                    "status": "received",
                    "filed_at": "2026-03-02T02:15:30.123456Z",
                    "receipt_code": "7ZK2-0Q9M-HT5X-3C8V",
                }
            ]
        }
    )

    complaint_id: UUID
    status: str
    filed_at: datetime
    receipt_code: str


class Track(BaseModel):
    """What a receipt code shows: never a result about a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "complaint_id": "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11",
                    "status": "examined",
                    "category": "undue_delay",
                    "service": "ktp",
                    "filed_at": "2026-03-02T02:15:30.123456Z",
                    "clocks": [SHOWN],
                    "said": [SAID],
                }
            ]
        }
    )

    complaint_id: UUID
    status: str
    category: str
    service: str | None
    filed_at: datetime
    clocks: tuple[ShownClock, ...]
    """Those that run, the next to end first: the same that officers see."""
    said: tuple[SaidToReporter, ...]


class LookUp(BaseModel):
    """A question to the vault, with its purpose (UU 27/2022: purpose and access are recorded)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"purpose": "examined", "complaint_ids": ["019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11"]}]
        },
    )

    purpose: Annotated[
        str, Field(pattern=r"^[a-z_]{1,40}$"), InWords("must be a purpose: at most 40 small letters and underscores")
    ]
    complaint_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=500)]


class ContactDetails(BaseModel):
    """How to reach a reporter. `receipt_code` only in the first message about a complaint that came by event."""

    complaint_id: UUID
    name: str | None
    email: str | None
    phone: str | None
    language: str
    receipt_code: str | None = None


class Contacts(BaseModel):
    """The vault's answer; a complaint that it does not know is missing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "contacts": [
                        {
                            "complaint_id": "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11",
                            "name": None,
                            "email": "reporter@example.org",
                            "phone": None,
                            "language": "en",
                            "receipt_code": None,
                        }
                    ]
                }
            ]
        }
    )

    contacts: list[ContactDetails]


class ReceiptCode(BaseModel):
    """A receipt code as a citizen typed it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"receipt_code": "7ZK2-0Q9M-HT5X-3C8V"}]}
    )

    receipt_code: Annotated[str, Field(max_length=60)]


class OwnComplaint(BaseModel):
    """Whose receipt it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"complaint_id": "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11"}]}
    )

    complaint_id: UUID


STAFF: dict[str, JsonValue] = {
    "complaint_id": "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11",
    "state": "assigned",
    "category": "undue_delay",
    "part": "delay",
    "trigger": "at_filing",
    "visibility": "anonim",
    "service": "ktp",
    "unit": "pelayanan",
    "employee_id": "7d1c1f0e-3c55-4f0b-8f4e-2f9a6f0f7a01",
    "day": "2026-03-02",
    "filed_at": "2026-03-02T02:15:30.123456Z",
    "by_event": False,
}


class StaffComplaint(BaseModel):
    """A complaint as staff see it: without the reporter."""

    model_config = ConfigDict(json_schema_extra={"examples": [STAFF]})

    complaint_id: UUID
    state: State
    category: str
    part: str | None
    trigger: Trigger
    visibility: Visibility
    service: str | None
    unit: str | None
    employee_id: UUID | None
    day: date
    filed_at: datetime
    by_event: bool


class StaffComplaintInFull(StaffComplaint):
    """With the report itself and the request it is about."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **STAFF,
                    "text": "My identity card was promised for Monday.",
                    "request_number": "KTP-2026-00123",
                    "record_id": "e2b0c3a4-6f1d-4c7b-9a60-5d7f0f3b2c19",
                    "policy_version": "2026.1",
                }
            ]
        }
    )

    text: str
    request_number: str | None
    record_id: UUID | None
    policy_version: str


class ServiceOffered(BaseModel):
    """A service and its processing standard in force."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service": "ktp",
                    "name": "KTP-el",
                    "unit": "pelayanan",
                    "standard": 1,
                    "standard_unit": "working_days",
                }
            ]
        }
    )

    service: str
    name: str
    unit: str
    standard: int
    standard_unit: StandardUnit
