"""What a clerk takes down for somebody at the counter or on the telephone, and the receipt to hand over or read out."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictBool

from services.complaints.model.documents import Receipt, Report
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted
from shared.wording import InWords

Channel = Literal["counter", "telephone"]
ASK = "must be true: ask first whether the report and these data may be kept"


def _given(value: bool) -> bool:
    if not value:
        raise ValueError(ASK)
    return value


Consent = Annotated[StrictBool, AfterValidator(_given), InWords(ASK)]


class ReportOnBehalf(Report, topic=FRONTOFFICE, key=ComplaintSubmitted.key_template):
    """A report of somebody who came or called. `consent`: the citizen agreed, to the report and to the data in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "category": "undue_delay",
                    "text": "Her identity card was promised for Monday.",
                    "service": "ktp",
                    "contact": {"name": "Wati Example", "phone": "0812-0000-0000"},
                    "channel": "telephone",
                    "consent": True,
                }
            ]
        }
    )

    channel: Channel
    consent: Consent


class FilingOnBehalf(BaseModel):
    """The report of somebody who consented, and how it came in; the principal is the clerk."""

    model_config = ConfigDict(frozen=True)

    submission: ComplaintSubmitted
    channel: Channel


class PrintedReceipt(Receipt):
    """The receipt, and the same as a page of plain text in the citizen's language: to be printed, or read out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "complaint_id": "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11",
                    "status": "received",
                    "filed_at": "2026-03-02T02:15:30.123456Z",
                    "receipt_code": "7ZK2-0Q9M-HT5X-3C8V",
                    "page": "COMPLAINT RECEIVED\n\nReceipt code  7ZK2-0Q9M-HT5X-3C8V\n",
                }
            ]
        }
    )

    page: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Who took a complaint in for its reporter, and by which channel."""

    complaint_id: UUID
    channel: Channel
    clerk: str
