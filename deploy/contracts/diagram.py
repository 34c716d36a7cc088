"""The diagram of `docs/events.md`, in Mermaid: who tells which stream, and which service hears which event of it."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.contracts.declared import OUTSIDE, SERVICES, listeners, tellers
from shared.events import EVENTS, TOPICS, Topic


def diagram() -> str:
    """A fenced block. Services are boxes, streams cylinders; who tells from outside has round ends."""
    lines = ["flowchart LR", *_told(), *_heard()]
    return "\n".join(["```mermaid", *lines, "```", ""])


def _told() -> Iterator[str]:
    for name, topic in sorted(TOPICS.items()):
        outside = [f"{topic.sender}([{topic.sender}])"] if topic in OUTSIDE else []
        ours = {teller for event in EVENTS if event.topic == topic for teller in tellers(event)}
        for teller in (*outside, *sorted(ours)):
            yield f'    {teller} --> {_cylinder(topic)}[("{name}")]'


def _heard() -> Iterator[str]:
    for _, topic in sorted(TOPICS.items()):
        for service in SERVICES:
            heard = [event.__name__ for event in EVENTS if event.topic == topic and service in listeners(event)]
            if heard:
                yield f'    {_cylinder(topic)} -- "{"<br>".join(heard)}" --> {service}'


def _cylinder(topic: Topic) -> str:
    return topic.name.replace(".", "_")
