"""What people do with a case and with a result: the reporter, the officer who handles it, employee and superior."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from deploy.local.demo.world import World
from shared.events.complaints import SERVICES, Finding
from shared.events.evaluation import EvaluationCompleted
from shared.events.frontoffice import ServiceCompleted

HANDLER = "sekcam@salor.example"
"""Who leads nobody, and so may handle every case."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A complaint as its reporter knows it."""

    complaint_id: UUID
    code: str


async def file(world: World, citizen: str, category: str = "undue_delay", **more: Any) -> Filed:
    """Somebody reports over HTTP; `more` as the form has it."""
    contact = {"name": f"Warga {citizen}", "email": f"{citizen}@warga.example"}
    body = {"category": category, "text": "Saya kecewa dengan pelayanan ini.", "contact": contact, **more}
    answer = await world.file(body)
    answer.raise_for_status()
    return Filed(UUID(answer.json()["complaint_id"]), answer.json()["receipt_code"])


async def handle(world: World, complaint_id: UUID, verb: str, **asked: Any) -> Any:
    """The handler does something with a case."""
    sub = world.people[HANDLER].employee_id
    return await world.post("complaints", f"/cases/{complaint_id}/{verb}", asked, ["officer"], sub)


async def answer(world: World, complaint_id: UUID, finding: Finding, verb: str = "answer") -> Any:
    """The handler answers with a finding, or revises it."""
    words = "Terima kasih atas laporan Anda. Kami telah memeriksanya."
    return await handle(world, complaint_id, verb, text=words, finding=finding.value)


async def follow(world: World, filed: Filed, verb: str, **asked: Any) -> Any:
    """The reporter does something with the own case, by the receipt code."""
    return await world.post("complaints", f"/complaints/track/{verb}", asked, headers={"Receipt-Code": filed.code})


async def tracked(world: World, filed: Filed) -> Any:
    """What the receipt code shows."""
    return await world.get("complaints", "/complaints/track", headers={"Receipt-Code": filed.code})


async def reply(world: World, told: EvaluationCompleted, words: str) -> Any:
    """The employee says something about the own result."""
    asked = {"revision": told.revision, "words": words}
    return await world.post("evaluation", f"{_result(told)}/replies", asked, ["employee"], told.employee_id)


async def decide(world: World, told: EvaluationCompleted, by: str, key: str = "", **asked: Any) -> Any:
    """The superior confirms a result, or adjusts it; under a key, to say the same again."""
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    asked = {"revision": told.revision, **asked}
    sub = world.people[by].employee_id
    return await world.post("evaluation", f"{_result(told)}/decision", asked, ["superior"], sub, headers=headers)


def _result(told: EvaluationCompleted) -> str:
    return f"/employees/{told.employee_id}/evaluations/{told.evaluation_id}"


async def work_late(world: World, officer: str, days: int = 14) -> None:
    """An hour for a letter that has ten minutes, on so many days: it shows a need for `skck`, and no other."""
    received = datetime.now(UTC).replace(hour=2, minute=0) - timedelta(days=1)
    records = [
        ServiceCompleted(
            record_id=uuid.uuid4(),
            request_number=f"SKCK-{uuid.uuid4().hex[:8]}",
            service="skck",
            unit="trantib",
            employee_id=world.people[officer].employee_id,
            received_at=received - timedelta(days=n),
            completed_at=received - timedelta(days=n) + timedelta(hours=1),
        )
        for n in range(days)
    ]
    await world.send(*records)
    for record in records:
        await world.caught_up("evaluation", SERVICES, record.record_id, 1)
