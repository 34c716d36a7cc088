"""The words of notifications: notices, deliveries and their states, letters, and what a channel answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.policy import Policy


class Audience(StrEnum):
    """Who is told. A citizen is named by the complaint, never by an identity of their own."""

    CITIZEN = "citizen"
    EMPLOYEE = "employee"
    SUPERIOR = "superior"


class Medium(StrEnum):
    """By which channel."""

    EMAIL = "email"
    INBOX = "inbox"


class What(StrEnum):
    """What is told: each has a template per language."""

    RECEIVED = "received"
    EXAMINED = "examined"
    NOT_ENOUGH_EVIDENCE = "result_not_enough_evidence"
    ISOLATED = "result_isolated"
    INCONCLUSIVE = "result_inconclusive"
    WATCH = "result_watch"
    NEED = "result_need"
    REVISED = "result_revised"
    REVIEW = "review"
    REVIEW_REVISED = "review_revised"
    ENROLLED = "enrolled"
    WAITLISTED = "waitlisted"
    STAFF_ENROLLED = "staff_enrolled"
    STAFF_WAITLISTED = "staff_waitlisted"


class State(StrEnum):
    """A delivery's state. `sending`: marked just before the call, so a crash in between is known as such."""

    WAITING = "waiting"
    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


class Verb(StrEnum):
    """What happens to a delivery."""

    CLAIM = "claim"
    HOLD = "hold"
    SUPPRESS = "suppress"
    ATTEMPT = "attempt"
    ACCEPT = "accept"
    RETRY = "retry"
    REFUSE = "refuse"
    LOSE = "lose"
    EXPIRE = "expire"


class DeliveryPolicy(Policy):
    """When hidden cases are told (local time), and how patiently messages are sent (seconds)."""

    opening: time
    lot: int = Field(ge=1, le=500)
    lease_seconds: float = Field(gt=0)
    attempts: int = Field(ge=1)
    backoff_seconds: float = Field(gt=0)
    backoff_limit_seconds: float = Field(gt=0)


@dataclass(frozen=True, slots=True)
class Person:
    """A civil servant as the directory tells of them."""

    employee_id: UUID
    version: int
    name: str
    email: str
    language: str
    superior_id: UUID | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be told to whom. `facts` are what the template may say: never a citizen's data."""

    what: What
    audience: Audience
    recipient: UUID
    facts: Mapping[str, str] = field(default_factory=dict)
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A notice on its way by one channel: one for each (event, recipient, channel)."""

    delivery_id: UUID
    event_id: str
    channel: Medium
    notice: Notice
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery. `claim` names the lease: an outcome counts only under it."""

    delivery_id: UUID
    claim: UUID
    what: What
    audience: Audience
    recipient: UUID
    channel: Medium
    facts: Mapping[str, str]
    attempts: int
    created_at: datetime
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a recipient, asked for at delivery time and kept nowhere."""

    language: str
    name: str | None = None
    email: str | None = None
    receipt_code: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered delivery. `address` is a mail address, or the recipient's id for the inbox."""

    delivery_id: UUID
    address: str
    language: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What a channel says of a message: ACCEPT, REFUSE (for good), RETRY (surely not sent) or LOSE (nobody knows)."""

    verb: Verb
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be recorded about a claimed delivery. `next_at`: when it is tried again."""

    delivery_id: UUID
    claim: UUID
    verb: Verb
    reason: str = ""
    next_at: datetime | None = None
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery as an outcome finds it, its row locked."""

    delivery_id: UUID
    claim: UUID
    state: State
    event_id: str
    audience: Audience
    channel: Medium
    lease_until: datetime


class InboxEntry(BaseModel):
    """A message in an in-app inbox."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "delivery_id": "019a7c3e-7b30-8e22-9d18-a2e3d4f50617",
                    "subject": "Your report is being examined",
                    "text": "We are looking into it.",
                    "language": "en",
                    "at": "2026-03-02T02:15:30.123456Z",
                    "read_at": None,
                }
            ]
        }
    )

    delivery_id: UUID
    subject: str
    text: str
    language: str
    at: AwareDatetime
    read_at: AwareDatetime | None


class DeliveryState(BaseModel):
    """A delivery as operators see it: ids, never an address or a text."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "delivery_id": "019a7c3e-7b30-8e22-9d18-a2e3d4f50617",
                    "event_id": "019a7c3e-6a20-8b11-8c07-91d2c3e4f506",
                    "what": "examined",
                    "audience": "citizen",
                    "channel": "email",
                    "state": "unknown",
                    "reason": "no answer after DATA",
                    "attempts": 1,
                    "not_before": None,
                    "next_at": "2026-03-02T02:15:30.123456Z",
                    "changed_at": "2026-03-02T02:15:30.123456Z",
                }
            ]
        }
    )

    delivery_id: UUID
    event_id: str
    what: What
    audience: Audience
    channel: Medium
    state: State
    reason: str
    attempts: int
    not_before: AwareDatetime | None
    next_at: AwareDatetime
    changed_at: AwareDatetime
