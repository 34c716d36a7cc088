"""What comes and goes over HTTP about people's data: the reporters' own rights, and looks that need a reason."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.complaints.model.cases import SAID, SaidToReporter
from services.complaints.model.documents import ReportedContact
from shared.events.complaints import Visibility
from shared.events.frontoffice import Email, Nik, Phone

ID = "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11"
REVEAL = "0b9e6a54-8c39-4f8e-a1c1-3d0f9f0b7c22"
OFFICER = "ed41681b-34b2-4090-a67b-464b2347e66d"
CONTACT: dict[str, JsonValue] = {
    "name": "Wati Example",
    "nik": None,
    "phone": None,
    "email": "reporter@example.org",
    "language": "en",
}
REPORTER = "reporter"
"""Who looks or changes, in the log, where it is the holder of the receipt code."""


class Purpose(StrEnum):
    """What a person opened the vault for, in the log of looks. Messages have purposes of their own beside these."""

    COPY = "own_copy"
    CORRECTION = "own_correction"
    ERASURE = "own_erasure"
    REVEAL = "reveal"
    REQUEST_NUMBER = "request_number"
    SEARCH = "search"


def _example(**fields: JsonValue) -> ConfigDict:
    return ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [fields]})


class ContactKept(BaseModel):
    """A reporter's contact as it is kept, in normal form; all none once it was erased."""

    name: str | None
    nik: str | None
    phone: str | None
    email: str | None
    language: str


class Look(BaseModel):
    """One entry of the log about a reporter: who looked is not said, since a name may be that of an officer."""

    at: datetime
    purpose: str
    reason: str | None


class OwnData(BaseModel):
    """All that is kept about a reporter and the report (UU 27/2022 art. 7)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "complaint_id": ID,
                    "category": "undue_delay",
                    "text": "My identity card was promised for Monday.",
                    "service": "ktp",
                    "request_number": "KTP-2026-00123",
                    "occurred_on": "2026-02-27",
                    "filed_at": "2026-03-02T02:15:30.123456Z",
                    "visibility": "anonim",
                    "channel": None,
                    "consented_at": None,
                    "contact": CONTACT,
                    "erased_at": None,
                    "said": [SAID],
                    "looks": [{"at": "2026-03-02T02:15:31Z", "purpose": "received", "reason": None}],
                }
            ]
        }
    )

    complaint_id: UUID
    category: str
    text: str
    service: str | None
    request_number: str | None
    occurred_on: date | None
    filed_at: datetime
    visibility: Visibility
    channel: str | None
    consented_at: datetime | None
    contact: ContactKept
    erased_at: datetime | None
    said: list[SaidToReporter]
    looks: list[Look]


class CorrectContact(BaseModel):
    """The contact as it should be: all of it, in the place of what was there."""

    model_config = _example(contact={"email": "reporter@example.org", "language": "en"})

    contact: ReportedContact


class Changed(BaseModel):
    """What was done; never the data itself, since answers are kept for repetitions."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"complaint_id": ID, "at": "2026-03-02T02:15:30.123456Z"}]}
    )

    complaint_id: UUID
    at: datetime


Reason = Annotated[str, Field(min_length=3, max_length=500, pattern=r"^[^\x00]+$")]


class RevealIdentity(BaseModel):
    """Why it must be known who the reporter is. The reporter is told that somebody looked, and reads the reason."""

    model_config = _example(reason="the inspectorate has to hear the reporter")

    reason: Reason


class GiveRequestNumber(BaseModel):
    """To whom the request number is given, and why: it leads to the reporter as surely as a name."""

    model_config = _example(employee_id=OFFICER, reason="the officer can't reply without knowing the request")

    employee_id: UUID
    reason: Reason


LOOK: dict[str, JsonValue] = {"reveal_id": REVEAL, "complaint_id": ID, "at": "2026-03-02T02:15:30.123456Z"}


class Revealed(BaseModel):
    """The entry of the log: all of the answer that is kept for a repetition."""

    model_config = ConfigDict(json_schema_extra={"examples": [LOOK]})

    reveal_id: UUID
    complaint_id: UUID
    at: datetime


class IdentityShown(Revealed):
    """Who reported."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**LOOK, "contact": CONTACT}]})

    contact: ContactKept


class RequestNumberShown(Revealed):
    """The request number to give."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**LOOK, "request_number": "KTP-2026-00123"}]})

    request_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """A look with a reason, as the log keeps it. `given_to` is set where a request number was given to somebody."""

    reveal_id: UUID
    complaint_id: UUID
    purpose: Purpose
    principal: str
    reason: str
    given_to: UUID | None


class Search(BaseModel):
    """Whose reports are looked for, by exactly one of the three, and what for."""

    model_config = _example(reason="has lost the receipt and stands at the counter", phone="0812-0000-0000")

    reason: Reason
    nik: Nik | None = None
    phone: Phone | None = None
    email: Email | None = None


class Found(BaseModel):
    """A complaint of the person searched for, and what its receipt code would show."""

    complaint_id: UUID
    status: str


class SearchResult(BaseModel):
    """What was found, the newest first, 50 at most."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"found": [{"complaint_id": ID, "status": "received"}]}]})

    found: list[Found]
