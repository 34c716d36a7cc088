"""What the notifications service tells: what became of each delivery, without a recipient's address."""

from uuid import UUID

from shared.events.base import Event, Topic

NOTIFICATIONS = Topic("notifications.v1", sender="notifications")


class NotificationAccepted(Event, topic=NOTIFICATIONS, key="{delivery_id}"):
    """The provider accepted a message (the inbox accepts at once)."""

    delivery_id: UUID
    event_id: str
    audience: str
    channel: str


class NotificationFailed(Event, topic=NOTIFICATIONS, key="{delivery_id}"):
    """A message can't be delivered, or its outcome is unknown; `reason` is a code, never the provider's text."""

    delivery_id: UUID
    event_id: str
    audience: str
    channel: str
    reason: str
