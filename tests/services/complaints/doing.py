"""Verbs on cases for tests: run, or refused with nothing left of them."""

import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from services.complaints.model import cases as ask
from shared.errors import Problem
from shared.events import Event
from shared.events.complaints import Finding
from shared.messaging.requests import Command
from tests.services.complaints.given import HANDLER
from tests.support import Bench

TEXT = ask.Text(text="Words.")
UPHELD = ask.Answer(text="You waited too long.", finding=Finding.UPHELD)
NOTHING = ask.Nothing()
TABLES = ("complaint", "said", "outbox")


async def do(bench: Bench, verb: Command, case: UUID, asked: BaseModel, by: UUID | None = HANDLER) -> dict[str, Any]:
    """Run a verb; `by` nobody is the reporter. Raises Problem where it is refused."""
    principal = str(by) if by else "public"
    _, answer = await bench.command(verb, ask.OnCase(complaint_id=case, asked=asked), principal=principal)
    found: dict[str, Any] = json.loads(answer)
    return found


async def last(bench: Bench) -> Event:
    return (await bench.told())[-1]


async def refused(bench: Bench, verb: Command, case: UUID, asked: BaseModel, by: UUID | None = HANDLER) -> Problem:
    """Why a verb is refused; nothing of it is left."""
    before = [await bench.pool.fetch(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES]
    with pytest.raises(Problem) as refusal:
        await do(bench, verb, case, asked, by)
    after = [await bench.pool.fetch(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES]
    assert after == before
    return refusal.value
