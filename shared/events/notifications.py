"""What the notifications service tells: what became of each delivery, without a recipient's address."""

from uuid import UUID

from shared.events.base import Event, Topic

NOTIFICATIONS = Topic("notifications.v1", sender="notifications")


class NotificationAccepted(Event, topic=NOTIFICATIONS, key="{delivery_id}"):
    """The provider accepted a message (the inbox accepts at once)."""

    delivery_id: UUID
    """One event to one recipient by one channel."""
    event_id: str
    """The event that was told of."""
    audience: str
    """`citizen`, `employee`, `superior` or `handler`."""
    channel: str
    """`email` or `inbox`."""


class NotificationFailed(Event, topic=NOTIFICATIONS, key="{delivery_id}"):
    """A message can't be delivered, or its outcome is unknown."""

    delivery_id: UUID
    """One event to one recipient by one channel."""
    event_id: str
    """The event that was told of."""
    audience: str
    """`citizen`, `employee`, `superior` or `handler`."""
    channel: str
    """`email` or `inbox`."""
    reason: str
    """Why: a short code of ours (`smtp 550`, `outcome unknown`), never the provider's text."""


class NotificationSuppressed(Event, topic=NOTIFICATIONS, key="{delivery_id}"):
    """A message was not sent, for a reason that its recipient can read."""

    delivery_id: UUID
    """One event to one recipient by one channel."""
    event_id: str
    """The event that was told of."""
    audience: str
    """`citizen`, `employee`, `superior` or `handler`."""
    channel: str
    """`email` or `inbox`."""
    reason: str
    """Why: `no address` or `not wanted`."""
