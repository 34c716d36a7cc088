"""What comes and goes over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.complaints.model.rows import State
from shared.events.complaints import StandardUnit, Trigger, Visibility
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted, Contact


class ReportedContact(Contact):
    """A contact over HTTP: a field that nobody knows is a mistake, told at once."""

    model_config = ConfigDict(extra="forbid")


class Report(ComplaintSubmitted, topic=FRONTOFFICE, key=ComplaintSubmitted.key_template):
    """A report over HTTP. Unlike an event's, its unknown fields are refused: a misspelt `anonymous` would be open."""

    model_config = ConfigDict(extra="forbid")

    contact: ReportedContact = ReportedContact()


class Filing(BaseModel):
    """A filing over HTTP. The address is only counted: it is no part of the body that a repetition must equal."""

    model_config = ConfigDict(frozen=True)

    submission: ComplaintSubmitted
    address: str = Field(default="", exclude=True)


class Filed(BaseModel):
    """The answer to a filing, as stored: the endpoint adds the receipt code, which is never stored."""

    complaint_id: UUID
    status: str
    filed_at: datetime


class Track(BaseModel):
    """What a receipt code shows: never a result about a person."""

    complaint_id: UUID
    status: str
    category: str
    service: str | None
    filed_at: datetime


class LookUp(BaseModel):
    """A question to the vault, with its purpose (UU 27/2022: purpose and access are recorded)."""

    model_config = ConfigDict(frozen=True)

    purpose: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
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

    contacts: list[ContactDetails]


class ReceiptCode(BaseModel):
    """A receipt code as a citizen typed it."""

    receipt_code: Annotated[str, Field(max_length=60)]


class OwnComplaint(BaseModel):
    """Whose receipt it is."""

    complaint_id: UUID


class StaffComplaint(BaseModel):
    """A complaint as staff see it: without the reporter."""

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

    text: str
    request_number: str | None
    record_id: UUID | None
    policy_version: str


class ServiceOffered(BaseModel):
    """A service and its processing standard in force."""

    service: str
    name: str
    unit: str
    standard: int
    standard_unit: StandardUnit
