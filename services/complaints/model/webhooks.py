"""Webhooks: where an office wants its answers, each answer on its way there, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.complaints.model.offices import SOURCE, SUBMISSION
from shared.operator.acts import answered, asked
from shared.wording import InWords

URL, LONGEST_URL = "https://office.example/salor", 2_000
EVENT_ID = "019a7c3e-5b12-8c11-9f0a-4a3f6c1d7b20"
AT = "2026-03-02T01:00:00Z"
EXAMPLE_SECRET = f"whsec_{'A' * 43}="
SHOWN: dict[str, Any] = {
    "url": URL,
    "registered_at": AT,
    "former_secret_until": None,
    "failing_since": None,
    "disabled_at": None,
    "disabled_because": None,
}


class State(StrEnum):
    """Where a delivery stands. `failed`: given up, until its office asks for it again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Outcome(StrEnum):
    """What came of one try."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """Answered with another status than 2xx."""
    GONE = "gone"
    """Answered with 410: the office wants no more."""
    LATE = "late"
    """No answer in time."""
    UNREACHABLE = "unreachable"
    UNFIT = "unfit"
    """Its host leads to an address that may not be asked."""
    UNSIGNED = "unsigned"
    """The key of its secret was withdrawn: the office has to rotate the secret."""


class Because(StrEnum):
    """Why a webhook is disabled."""

    STOPPED = "stopped"
    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Secret:
    """What is kept of a signing secret."""

    secret_id: UUID
    hashed: bytes


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed delivery, and where it goes. `registered_at` tells whether the webhook is still the same."""

    event_id: UUID
    source: str
    body: str
    tries: int
    since: datetime
    claim: UUID
    url: str
    registered_at: datetime
    secrets: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try of a delivery, at a moment."""

    due: Due
    outcome: Outcome
    status: int | None
    at: datetime


class Register(BaseModel):
    """Where answers are to be posted."""

    model_config = asked(url=URL)

    url: Annotated[
        str,
        Field(pattern=r"^[!-~]+$", max_length=LONGEST_URL),
        InWords(f"must be an address like {URL}: at most {LONGEST_URL} visible ASCII characters"),
    ]


class Webhook(BaseModel):
    """Where answers are posted. `failing_since`: no try has succeeded since; `disabled_at`: none is made any more."""

    model_config = answered(**SHOWN)

    url: str
    registered_at: datetime
    former_secret_until: datetime | None
    """Until then the secret before the last rotation signs, too."""
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: Because | None


class WebhookKept(Webhook):
    """The same, as the answer is stored: with what is kept of a new secret, to make it again."""

    secret_id: UUID | None = None
    secret_hash: str | None = None


class WebhookSecret(Webhook):
    """The same, with its new secret, which is shown here and nowhere else; none where it has one already."""

    model_config = answered(**SHOWN, secret=EXAMPLE_SECRET)

    secret: str | None


class Delivery(BaseModel):
    """An answer on its way: of the endpoint's answers the last status, nothing of their bodies."""

    model_config = answered(
        event_id=EVENT_ID,
        submission=SUBMISSION,
        accepted=True,
        state=State.PENDING,
        told_at=AT,
        tries=1,
        tried_at=AT,
        outcome=Outcome.REFUSED,
        status=500,
        next_at="2026-03-02T01:00:05Z",
    )

    event_id: UUID
    """The `webhook-id`."""
    submission: str
    accepted: bool
    state: State
    told_at: datetime
    tries: int
    """Since it was told, or asked for again."""
    tried_at: datetime | None
    outcome: Outcome | None
    status: int | None
    next_at: datetime | None
    """When it is tried next; none unless `pending`."""


class OfficeWebhook(BaseModel):
    """What operators see of a webhook: the host, and no path, which may hold a secret of the office's."""

    model_config = answered(
        source=SOURCE,
        host="office.example",
        registered_at=AT,
        failing_since=AT,
        disabled_at=None,
        disabled_because=None,
    )

    source: str
    host: str
    registered_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: Because | None
