"""What comes and goes over HTTP about the handling of a case."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SerializeAsAny, StrictBool

from services.complaints.model.clocks import SHOWN, ShownClock
from services.complaints.model.rows import Audience, Kind, State, Verb
from shared.events.complaints import Finding, Trigger, Visibility

COMPLAINT, OFFICER = "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11", "7d1c1f0e-3c55-4f0b-8f4e-2f9a6f0f7a01"
HANDLER, FILED_AT = "0b9e3f52-7a1c-4d0e-9c64-51f3a2b7c802", "2026-03-02T02:15:30.123456Z"


def _asked(**example: JsonValue) -> ConfigDict:
    return ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [example]})


def _shown(**example: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class Nothing(BaseModel):
    """A verb that needs no more than its case."""

    model_config = _asked()


class Verify(BaseModel):
    """What a verifier found; what is left out stays as it was filed. A report that names a person is rahasia.

    Unless `visibility` says else: a request number, say, is no name.
    """

    model_config = _asked(category="no_service", names_person=True)

    category: str | None = None
    visibility: Visibility | None = None
    names_person: StrictBool = False


class Assign(BaseModel):
    """Whom a complaint is about."""

    model_config = _asked(employee_id=OFFICER)

    employee_id: UUID


class Handle(BaseModel):
    """Who handles the case from now on; without a name whoever says so."""

    model_config = _asked(employee_id=HANDLER)

    employee_id: UUID | None = None


class Text(BaseModel):
    """What is said."""

    model_config = _asked(text="On which day were you at the counter?")

    text: str


class Comment(Text):
    """What is said, and for whom."""

    model_config = _asked(text="The printer was mended on Tuesday.", audience="reporter")

    audience: Audience


class Answer(Text):
    """An answer to the reporter, with what was found."""

    model_config = _asked(text="You waited too long: the printer was broken.", finding="upheld")

    finding: Finding


class Reject(Text):
    """Why a case is archived: a code of `GET /rejection-reasons`, and words for the reporter."""

    model_config = _asked(reason="not_public_service", text="A neighbour's noise is a matter for the village head.")

    reason: str


class PassOn(Text):
    """Who is competent: a code of `GET /authorities`, and words for the reporter."""

    model_config = _asked(authority="kepolisian", text="The police has your report now, and will answer you.")

    authority: str


class Rate(BaseModel):
    """How satisfied the reporter is with the handling: 1 (not at all) to 4 (very)."""

    model_config = _asked(rating=4)

    rating: Annotated[int, Field(ge=1, le=4)]


class OnCase(BaseModel):
    """A verb's command: the case, and what is asked."""

    model_config = ConfigDict(frozen=True)

    complaint_id: UUID
    asked: SerializeAsAny[BaseModel] = Nothing()


STANDS: dict[str, JsonValue] = {
    "complaint_id": COMPLAINT,
    "state": "answered",
    "employee_id": OFFICER,
    "handler_id": HANDLER,
    "verified_at": FILED_AT,
    "finding": "upheld",
}


class CaseStands(BaseModel):
    """How a case stands after what an officer did."""

    model_config = _shown(**STANDS)

    complaint_id: UUID
    state: State
    employee_id: UUID | None
    """Whom it is about."""
    handler_id: UUID | None
    verified_at: datetime | None
    finding: Finding | None


class OwnCaseStands(BaseModel):
    """How a case stands after what its reporter did."""

    model_config = _shown(complaint_id=COMPLAINT, status="reopened")

    complaint_id: UUID
    status: str


CASE: dict[str, JsonValue] = {
    **STANDS,
    "category": "undue_delay",
    "trigger": "at_filing",
    "visibility": "anonim",
    "service": "ktp",
    "unit": "pelayanan",
    "day": "2026-03-02",
    "filed_at": FILED_AT,
    "answered_at": FILED_AT,
    "ended_at": None,
    "reason": None,
    "authority": None,
    "rating": None,
}


class Case(CaseStands):
    """A case as its officers see it: without the reporter."""

    model_config = _shown(**CASE)

    category: str
    trigger: Trigger
    visibility: Visibility
    service: str | None
    unit: str | None
    day: date
    filed_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    """Why it was archived."""
    authority: str | None
    """To whom it was passed on."""
    rating: int | None


SAID: dict[str, JsonValue] = {"kind": "answer", "by_reporter": False, "text": "You waited too long.", "at": FILED_AT}


class SaidToReporter(BaseModel):
    """Something that was said on a case, as its reporter sees it; not by whom."""

    model_config = _shown(**SAID)

    kind: Kind
    by_reporter: bool
    text: str
    at: datetime


class SaidOnCase(SaidToReporter):
    """The same, as officers see it."""

    model_config = _shown(**SAID, audience="reporter", author_id=HANDLER, finding="upheld")

    audience: Audience
    author_id: UUID | None
    """Which officer said it; none: the reporter."""
    finding: Finding | None


class CaseInFull(Case):
    """With the report itself, all that was said on it, and what may be done now."""

    model_config = _shown(
        **CASE,
        text="My identity card was promised for Monday.",
        request_number="KTP-2026-00123",
        record_id="e2b0c3a4-6f1d-4c7b-9a60-5d7f0f3b2c19",
        clocks=[SHOWN],
        said=[{**SAID, "audience": "reporter", "author_id": HANDLER, "finding": "upheld"}],
        possible=["answer", "close"],
    )

    text: str
    request_number: str | None
    record_id: UUID | None
    clocks: tuple[ShownClock, ...]
    """Those that run, the next to end first."""
    said: tuple[SaidOnCase, ...]
    possible: tuple[Verb, ...]
    """What the state allows."""
