"""What comes from and goes to offices by HTTP, and to the operators who give them tokens."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.events.complaints import FieldProblem
from shared.events.frontoffice import ComplaintSubmitted, ServiceCompleted, ServiceCorrected, ServiceRequested

SOURCE, SUBMISSION = "urn:example:front-office", "61f8ecf1-52b0-4d6e-8d5c-6f1b4a3f7a10"
COMPLAINT = "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11"
GIVEN_ID = "7d1fb7b5-6f0b-4c73-9a53-6a6bb2c5c1a1"
EVENT: dict[str, JsonValue] = {
    "specversion": "1.0",
    "type": ComplaintSubmitted.type,
    "source": SOURCE,
    "id": SUBMISSION,
    "time": "2026-03-02T08:00:00+07:00",
    "data": {"category": "undue_delay", "text": "I waited half an hour for my identity card.", "service": "ktp"},
}


def _example(**example: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class SubmissionEvent(BaseModel):
    """A structured CloudEvent, the same as on `frontoffice.v1`. Its `data` are the fields of its `type`."""

    model_config = ConfigDict(use_attribute_docstrings=True, **_example(**EVENT))

    specversion: Literal["1.0"]
    type: Literal[
        "id.go.salor.frontoffice.ComplaintSubmitted.v1",
        "id.go.salor.frontoffice.ServiceRequested.v1",
        "id.go.salor.frontoffice.ServiceCompleted.v1",
        "id.go.salor.frontoffice.ServiceCorrected.v1",
    ]
    source: str
    """The office's own: that of its token."""
    id: Annotated[str, Field(min_length=1, max_length=500)]
    """Names the submission for ever."""
    time: Any = None
    """When the citizen came (RFC 3339); believed 7 days back, and not ahead."""
    data: ComplaintSubmitted | ServiceRequested | ServiceCompleted | ServiceCorrected


class Answered(BaseModel):
    """The answer to a submission, as stored and as in a lot: accepted, or refused with problems."""

    submission: str
    accepted: bool
    complaint_id: UUID | None = None
    problems: tuple[FieldProblem, ...] = ()


class Accepted(BaseModel):
    """A submission was accepted. `complaint_id` is none for a service record."""

    model_config = _example(submission=SUBMISSION, complaint_id=COMPLAINT)

    submission: str
    complaint_id: UUID | None


class Line(BaseModel):
    """The answer to a line of a lot. `submission` is none where the line has no source and id to be known by."""

    line: int
    submission: str | None
    accepted: bool
    complaint_id: UUID | None = None
    problems: tuple[FieldProblem, ...] = ()


class Lot(BaseModel):
    """The answers to a lot, in the order of its lines."""

    model_config = _example(
        answers=[
            {"line": 1, "submission": SUBMISSION, "accepted": True, "complaint_id": COMPLAINT, "problems": []},
            {
                "line": 2,
                "submission": "0c6b4b6f-5d7b-4f44-9c0e-0a4f3fd1a9de",
                "accepted": False,
                "complaint_id": None,
                "problems": [{"field": "text", "problem": "is empty"}],
            },
        ]
    )

    answers: list[Line]


class Standing(BaseModel):
    """Where the complaint of a submission stands: never a result about a person."""

    model_config = _example(
        submission=SUBMISSION, complaint_id=COMPLAINT, status="received", filed_at="2026-03-02T01:00:00Z"
    )

    submission: str
    complaint_id: UUID
    status: str
    filed_at: datetime


class Token(BaseModel):
    """A token, without its secret."""

    model_config = _example(source=SOURCE, token_id=GIVEN_ID, given_at="2026-03-02T01:00:00Z", revoked_at=None)

    source: str
    token_id: UUID
    given_at: datetime
    revoked_at: datetime | None


class TokenNamed(BaseModel):
    """A token by its id."""

    model_config = _example(source=SOURCE, token_id=GIVEN_ID)

    source: str
    token_id: UUID


class TokenGiven(TokenNamed):
    """A new token. It is shown here and nowhere else; a repetition of the request does not show it."""

    model_config = _example(source=SOURCE, token_id=GIVEN_ID, token=f"salor_{UUID(GIVEN_ID).hex}_{'0' * 43}")

    token: str | None
