"""What the code declares: the services of this checkout, who tells each event, and who hears it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from shared.events import Event, Topic
from shared.events.directory import DIRECTORY
from shared.events.frontoffice import FRONTOFFICE
from shared.service import Service

ROOT = Path(__file__).resolve().parents[2]
NAMES = tuple(sorted(folder.parent.name for folder in (ROOT / "services").glob("*/app.py")))
SERVICES: dict[str, Service] = {name: import_module(f"services.{name}.app").service for name in NAMES}
OUTSIDE: dict[Topic, str] = {
    FRONTOFFICE: "front offices, which are strangers",
    DIRECTORY: "the loader of `deploy/local/district`, until a directory service exists",
}
"""Who tells what no service of ours tells."""
UNHEARD = {
    "ComplaintRated": "nobody yet: told for the portal, which is not built and publishes how satisfied reporters are",
    "DataProvided": "nobody yet: told for whoever measures what cases wait for; their handlers read `GET /cases`",
    "SubmissionAccepted": "the front office that sent the submission",
    "SubmissionRefused": "the front office that sent the submission or record",
    "SessionScheduled": "nobody yet: told for the portal, which is not built",
    "NeedClosed": "nobody yet: told for the portal; who was trained hears of it by `TrainingCompleted`",
    "NotificationAccepted": "nobody yet: told for the portal, which is not built; the demo and the journeys read it",
    "NotificationFailed": "nobody yet: told for the portal, and for operators, who read `GET /deliveries` until then",
    "PeriodOpened": "nobody yet: told for the portal, which is not built; people read `GET /periods` until then",
    "PeriodClosed": "nobody yet: told for the portal, as the opening; each officer is told by `PeriodAssessed`",
    "NotificationSuppressed": "nobody yet: told for the portal; the recipient reads the reason in the inbox",
}
"""For whom an event is told that no service of ours hears."""


def told_by(topic: Topic) -> str:
    """Who tells a stream, in words."""
    return OUTSIDE.get(topic, topic.sender)


def tellers(event: type[Event]) -> list[str]:
    """The services that tell an event."""
    return [name for name, service in SERVICES.items() if event in service.tells]


def listeners(event: type[Event]) -> list[str]:
    """The services that hear an event."""
    return [name for name, service in SERVICES.items() if event in service.listens.events]
