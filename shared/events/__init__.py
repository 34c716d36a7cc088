"""The contracts between services: one file per sender, one class per fact, and the registry of all of them."""

from shared.events import complaints, directory, evaluation, frontoffice, notifications, training
from shared.events.base import Event, Kind, Topic

SENDERS = (complaints, directory, evaluation, frontoffice, notifications, training)
EVENTS: tuple[type[Event], ...] = tuple(
    found
    for sender in SENDERS
    for found in vars(sender).values()
    if isinstance(found, type) and issubclass(found, Event) and found.__module__.startswith(sender.__name__)
)
TYPES: dict[str, type[Event]] = {event.type: event for event in EVENTS}
TOPICS: dict[str, Topic] = {event.topic.name: event.topic for event in EVENTS}


def facts_of(sender: str) -> tuple[type[Event], ...]:
    """The facts of a sender: all that its topics hold."""
    return tuple(event for event in EVENTS if event.topic.sender == sender)


__all__ = ["EVENTS", "SENDERS", "TOPICS", "TYPES", "Event", "Kind", "Topic", "facts_of"]
