"""What those are told who handle a case, or have to see to it: which case, which clock, which day."""

from typing import Any
from uuid import UUID

from services.notifications.model.notices import Notice
from services.notifications.model.whats import What
from shared.events import Event
from shared.events.complaints import ComplaintEscalated, DeadlineNear

EVENTS: tuple[type[Event], ...] = (DeadlineNear, ComplaintEscalated)


def handler(event: Any) -> UUID | None:
    """Who is told of a case's clock; nobody where nobody handles it yet."""
    concerned: UUID | None = event.handler_id if isinstance(event, DeadlineNear) else event.to_id
    return concerned


def to_handler(event: Any) -> Notice | None:
    """What the one concerned is told."""
    concerned = handler(event)
    if concerned is None:
        return None
    what = What.DEADLINE_NEAR if isinstance(event, DeadlineNear) else What.ESCALATED
    facts = {
        "complaint_id": str(event.complaint_id),
        "clock": event.clock.value,
        "due_on": event.due_on.isoformat(),
    }
    return Notice(what, concerned, facts)
