"""What front offices send in (strangers: no sequence). Holds citizens' data, so it is kept for 7 days only."""

import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field, StrictBool, StrictInt

from shared.day import Day
from shared.events.base import DAY_MS, Event, Kind, Part, Topic
from shared.wording import A_MOMENT, InWords

FRONTOFFICE = Topic("frontoffice.v1", sender="frontoffice", kind=Kind.STRANGER, retention_ms=7 * DAY_MS)


def _no_number(value: Any) -> Any:
    """Pydantic would take seconds since 1970, also as text; the contract says a time."""
    if isinstance(value, (int, float)) or (isinstance(value, str) and re.fullmatch(r"\s*[+-]?[\d.]+\s*", value)):
        raise ValueError("a number is no time")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_no_number), InWords(A_MOMENT)]
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
Nik = Annotated[str, Field(pattern=r"^\d{16}$"), InWords("must be a NIK: 16 digits")]
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
Minutes = Annotated[StrictInt, Field(ge=0, le=525_600)]


class Contact(Part):
    """How a reporter can be reached. All of it is optional; a report without any is accepted."""

    name: Annotated[str, Field(max_length=120)] | None = None
    """The reporter's name."""
    nik: Nik | None = None
    """The number of the reporter's identity card."""
    phone: Phone | None = None
    """For messages."""
    email: Email | None = None
    """For messages."""
    language: Annotated[str, Field(pattern=r"^(id|en)$"), InWords("must be id or en")] = "id"
    """Of messages."""


class ComplaintSubmitted(Event, topic=FRONTOFFICE, key="{request_number}"):
    """A citizen's report as a front office took it in. The sender's CloudEvents id names the submission."""

    category: Code
    """A code of the taxonomy (`GET /categories` of complaints)."""
    text: Annotated[str, Field(min_length=1, max_length=5000)]
    """The report, in the citizen's words."""
    service: Code | None = None
    """The service complained about, by its code (`GET /services` of complaints)."""
    request_number: RequestNumber | None = None
    """Of the request that it is about: leads to its officer."""
    employee_id: UUID | None = None
    """The officer concerned, if the office knows."""
    occurred_on: Day | None = None
    """The local day on which it happened."""
    anonymous: StrictBool = False
    """*Anonim*: the reporter is hidden from everybody else."""
    confidential: StrictBool = False
    """*Rahasia*: the report is hidden, too."""
    names_person: StrictBool = False
    """Whether the text names a person: it is taken as confidential then."""
    contact: Contact = Contact()
    """How to reach the reporter; goes into the vault, and on no topic of ours."""


class _Named(Part):
    """Which record it is."""

    record_id: UUID
    """A random id that the office gives to the request; both events carry it."""
    request_number: RequestNumber
    """The number on the citizen's slip."""


class _Request(Part):
    """What a request is from its first moment on."""

    service: Code
    """The service, by its code."""
    unit: Code
    """The unit that does the work, by its code."""
    employee_id: UUID
    """The officer whose work it is."""
    received_at: Moment
    """When the request was received."""


class _Finished(_Request):
    """What it is once it was finished."""

    completed_at: Moment
    """When it was finished."""
    paused_minutes: Minutes = 0
    """The time in which the citizen owed something: it does not count."""


class ServiceRequested(_Request, _Named, Event, topic=FRONTOFFICE, key="{record_id}"):
    """A request for a document or service was received at the counter."""


class ServiceCompleted(_Finished, _Named, Event, topic=FRONTOFFICE, key="{record_id}"):
    """A request was finished. Complete in itself: it may come without, or before, its `ServiceRequested`."""


class Corrected(_Finished):
    """What a request really was: complete, as in `ServiceCompleted`, and in the place of all that was said before."""


class ServiceCorrected(Event, topic=FRONTOFFICE, key="{record_id}"):
    """A record was wrong: it is corrected, or (with a reason) cancelled for good. Only its own office may say so."""

    record_id: UUID
    """The record, by the id that its events carried."""
    request_number: RequestNumber
    """The number that they carried: it shows that the right record is meant."""
    revision: Annotated[StrictInt, Field(ge=1, le=10_000), InWords("must be a whole number from 1 to 10000")]
    """1 for the first correction of the record, then higher: the highest stands, in whatever order they come."""
    corrected: Corrected | None = None
    """What is right; left out of a cancellation."""
    cancelled: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """Why the record is cancelled; left out of a correction. Stays with the complaints service."""
