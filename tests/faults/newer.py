"""A service of a later release: `python -m tests.faults.newer SERVICE`.

Complaints of that release tells a field more in each event, an event more of each complaint, and some of its oldest
facts in the next major. Whoever listens, of that release, knows that major too.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaProducer

from services.complaints.model.policies import Category, HandlingPolicy
from services.complaints.model.rows import Complaint
from services.complaints.rules import filing
from shared.events import TYPES, Event
from shared.events.complaints import COMPLAINTS, ComplaintFiled
from shared.messaging.relay import loop
from shared.messaging.relay import send as sending
from shared.messaging.relay.lease import Offsets
from shared.service import Service, main

SENDER = "complaints"
FIELD = {"added_by_a_later_release": {"of": ["any", "form"]}}
NEXT_MAJOR = ComplaintFiled.type.removesuffix("v1") + "v2"
OF_THE_NEXT = "08"
"""The keys whose last two hexadecimal digits are lower are told in the next major: one in 32."""


class ComplaintWeighed(Event, topic=COMPLAINTS, key="{complaint_id}"):
    """What no release of today tells, nor knows."""

    complaint_id: UUID
    weight: int = 1


def tell_more() -> None:
    """As the sender."""
    follows = filing.follows

    def and_more(complaint: Complaint, category: Category | None, policy: HandlingPolicy) -> list[Event]:
        more = ComplaintWeighed(complaint_id=complaint.complaint_id)
        return [*follows(complaint, category, policy), more]

    async def send(
        producer: AIOKafkaProducer, prefix: str, rows: Sequence[asyncpg.Record], before: Offsets, seconds: float
    ) -> Offsets:
        return await sending.send(producer, prefix, [_later(row) for row in rows], before, seconds)

    filing.follows = and_more
    loop.send = send  # type: ignore[attr-defined]


def _later(row: asyncpg.Record) -> Any:
    """An outbox row as the later release would have written it."""
    said = dict(row) | {"payload": json.dumps({**json.loads(row["payload"]), **FIELD})}
    if row["type"] == ComplaintFiled.type and row["key"][-2:] < OF_THE_NEXT:
        said["type"] = NEXT_MAJOR
    return said


def know_more(service: Service) -> None:
    """As a listener."""
    TYPES[NEXT_MAJOR] = ComplaintFiled
    TYPES[ComplaintWeighed.type] = ComplaintWeighed
    if ComplaintFiled.type in service.listens.by_type:
        service.listens.by_type[NEXT_MAJOR] = service.listens.by_type[ComplaintFiled.type]


if __name__ == "__main__":
    later = importlib.import_module(f"services.{sys.argv[1]}.app").service
    if later.name == SENDER:
        tell_more()
    know_more(later)
    main(later)
