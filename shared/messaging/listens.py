"""A service's listeners: which handler answers which event, and what it locks."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shared.events import Event, Topic
from shared.messaging.tx import Cause, Name, Tx

Handler = Callable[[Tx, Sequence[Cause[Any]]], Awaitable[None]]
Locks = Callable[[Any], Iterable[Name]]
H = TypeVar("H", bound=Callable[..., Awaitable[None]])


def own_key(event: Event) -> list[Name]:
    """The default lock: the event's key."""
    return [("key", event.key)]


@dataclass(frozen=True, slots=True)
class Listener:
    """A plural handler, and the names that it changes or judges for one event."""

    handler: Handler
    locks: Locks


@dataclass(slots=True)
class Listens:
    """The registry that a service's `handlers.py` fills."""

    by_type: dict[str, Listener] = field(default_factory=dict)
    events: list[type[Event]] = field(default_factory=list)
    by_invalid_topic: dict[str, Listener] = field(default_factory=dict)

    def to(self, *events: type[Event], locks: Locks = own_key) -> Callable[[H], H]:
        """Listen to one or more types. A type has one handler in a service."""

        def register(handler: H) -> H:
            for event in events:
                if event.type in self.by_type:
                    raise ValueError(f"{event.__name__} has a handler already")
                self.by_type[event.type] = Listener(handler, locks)
                self.events.append(event)
            return handler

        return register

    def invalid(self, topic: Topic) -> Callable[[H], H]:
        """Answer strangers' records that could be named but not read (the record is kept as a dead letter too)."""

        def register(handler: H) -> H:
            self.by_invalid_topic[topic.name] = Listener(handler, lambda invalid: [("key", invalid.id)])
            return handler

        return register

    @property
    def topics(self) -> list[Topic]:
        """The topics to subscribe, sorted by name."""
        return sorted({event.topic for event in self.events}, key=lambda topic: topic.name)
