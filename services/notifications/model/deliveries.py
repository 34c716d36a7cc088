"""A delivery on its way: what is claimed, how its recipient is reached, the letter, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.model.whats import What
from services.notifications.model.words import Audience, Medium, State, Verb


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery. `claim` names the lease: an outcome counts only under it.

    `refusals`: how often this very message was refused for now.
    """

    delivery_id: UUID
    claim: UUID
    event_id: str
    what: What
    audience: Audience
    recipient: UUID
    channel: Medium
    facts: Mapping[str, str]
    refusals: int
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
    template: str = ""
    """The version of the template that it was written by."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a channel says of a message.

    ACCEPT, REFUSE (for good), RETRY (this one not now), POSTPONE (the provider serves nobody now) or LOSE (nobody
    knows); after RETRY and POSTPONE it surely was not sent.
    """

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
    template: str = ""


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
    correlation_id: str = ""
