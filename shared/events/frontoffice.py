"""What front offices send in (strangers: no sequence). Holds citizens' data, so it is kept for 7 days only."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.events.base import DAY_MS, Event, Kind, Part, Topic
from shared.wording import InWords

FRONTOFFICE = Topic("frontoffice.v1", sender="frontoffice", kind=Kind.STRANGER, retention_ms=7 * DAY_MS)

Code = Annotated[
    str,
    Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_.-]+$"),
    InWords("must be a code: at most 40 small letters, digits, dots, hyphens and underscores"),
]
RequestNumber = Annotated[
    str,
    Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$"),
    InWords("must be a request number: one line of at most 60 characters"),
]
Phone = Annotated[
    str,
    Field(max_length=30, pattern=r"^[0-9+() .-]{5,30}$"),
    InWords("must be a phone number: 5 to 30 digits, blanks and signs like + - ( )"),
]
Email = Annotated[
    str,
    Field(max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$"),
    InWords("must be an e-mail address like name@example.org"),
]
Minutes = Annotated[int, Field(ge=0, le=525_600)]


class Contact(Part):
    """How a reporter can be reached. All of it is optional; a report without any is accepted."""

    name: Annotated[str, Field(max_length=120)] | None = None
    nik: Annotated[str, Field(pattern=r"^\d{16}$"), InWords("must be a NIK: 16 digits")] | None = None
    phone: Phone | None = None
    email: Email | None = None
    language: Annotated[str, Field(pattern=r"^(id|en)$"), InWords("must be id or en")] = "id"


class ComplaintSubmitted(Event, topic=FRONTOFFICE, key="{request_number}"):
    """A citizen's report as a front office took it in. The sender's CloudEvents id names the submission."""

    category: Code
    text: Annotated[str, Field(min_length=1, max_length=5000)]
    service: Code | None = None
    request_number: RequestNumber | None = None
    employee_id: UUID | None = None
    occurred_on: date | None = None
    anonymous: bool = False
    confidential: bool = False
    names_person: bool = False
    contact: Contact = Contact()


class ServiceRequested(Event, topic=FRONTOFFICE, key="{record_id}"):
    """A request for a document or service was received at the counter."""

    record_id: UUID
    request_number: RequestNumber
    service: Code
    unit: Code
    employee_id: UUID
    received_at: AwareDatetime


class ServiceCompleted(Event, topic=FRONTOFFICE, key="{record_id}"):
    """A request was finished. Complete in itself: it may come without, or before, its `ServiceRequested`.

    `paused_minutes` is the time in which the citizen owed something.
    """

    record_id: UUID
    request_number: RequestNumber
    service: Code
    unit: Code
    employee_id: UUID
    received_at: AwareDatetime
    completed_at: AwareDatetime
    paused_minutes: Minutes = 0
