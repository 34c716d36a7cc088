"""What is to be told to whom, before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.notifications.model.whats import KINDS, What
from services.notifications.model.words import Audience, Medium


@dataclass(frozen=True, slots=True)
class Person:
    """A civil servant as the directory tells of them. `introduced_by`: the event whose letter explained evaluation."""

    employee_id: UUID
    version: int
    name: str
    email: str
    language: str
    superior_id: UUID | None
    introduced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be told to whom. `facts` are what the template may say: never a citizen's data.

    Each is told once for each `occasion`, however many events say so; None: the event itself is the occasion.
    """

    what: What
    recipient: UUID
    facts: Mapping[str, str] = field(default_factory=dict)
    not_before: datetime | None = None
    occasion: str | None = None

    @property
    def audience(self) -> Audience:
        """Whom it is for."""
        return KINDS[self.what].audience


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A notice on its way by one channel: one for each (event, recipient, channel)."""

    delivery_id: UUID
    event_id: str
    channel: Medium
    notice: Notice
    correlation_id: str

    @property
    def occasion(self) -> str:
        """Which time of this thing it is; '' where it is told a citizen once for good."""
        return self.event_id if self.notice.occasion is None else self.notice.occasion
