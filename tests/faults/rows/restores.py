"""F23: databases that are restored to a backup of before the load, while the load goes on; also into a new cluster."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from deploy.local.backup import back_up, restore
from deploy.local.stack import SERVICES
from shared.events.directory import EmployeeRecorded
from shared.events.evaluation import EVALUATIONS
from tests.faults import clients
from tests.faults.audit.topics import partitions, reader
from tests.faults.clients import Submission
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

SENDER, CONSUMER = "evaluation", "training"
WAITS = "SELECT count(*) FROM outbox WHERE id > $1"
LAST = "SELECT coalesce(max(id), 0) FROM outbox"


async def restore_a_sender_and_a_consumer(trial: Trial) -> None:
    """F23: yesterday's database; its relay sends nothing and says so, until the operator has raised its numbers."""
    for name in (SENDER, CONSUMER):
        await back_up(trial.fleet.stack.postgres_url(name), _backup(trial, name))
    await trial.submitted(400)
    await _restored(trial, SENDER)
    await _says_so_and_sends_nothing(trial)
    await trial.operator("reconcile", "--raise", SENDER, "--reason", "a test of restores")
    before = await trial.durable(SENDER)
    await trial.recovered(SENDER, before, time.monotonic(), limit=10)
    await _restored(trial, CONSUMER)
    await trial.recovered(CONSUMER, await trial.durable(CONSUMER), time.monotonic(), limit=10)


async def restore_a_sender_into_a_new_cluster(trial: Trial) -> None:
    """F23, the cluster lost too: every sender tells all that it has again, the restored one what follows from it."""
    await back_up(trial.fleet.stack.postgres_url(SENDER), _backup(trial, SENDER))
    await trial.submitted(400)
    await trial.strike(f"the cluster lost, and the database of {SENDER} restored")
    for name in SERVICES:
        await trial.fleet.kill(name)
    await trial.close()
    await asyncio.gather(
        trial.fleet.new_cluster(), restore(trial.fleet.stack.postgres_url(SENDER), _backup(trial, SENDER))
    )
    before = await trial.durable(SENDER)
    await asyncio.gather(*(trial.fleet.launch(name) for name in SERVICES))
    await trial.recovered(SENDER, before, time.monotonic(), limit=10)


def _backup(trial: Trial, name: str) -> Path:
    return trial.fleet.stack.folder / f"{name}.sql"


async def _restored(trial: Trial, name: str) -> None:
    """A service killed, its database as it was before the load, and the service again."""
    await trial.strike(f"{name} killed, and its database restored")
    await trial.fleet.kill(name)
    await trial.close()
    await restore(trial.fleet.stack.postgres_url(name), _backup(trial, name))
    await trial.fleet.launch(name)


async def _says_so_and_sends_nothing(trial: Trial) -> None:
    """Health names it; what evaluation tells meanwhile stays in its outbox."""

    async def said() -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                answer = await client.get(f"{trial.fleet.stack.http(SENDER)}/health/ready")
        except httpx.HTTPError:
            return False
        return "restored" in answer.text

    await until(said, PATIENCE_SECONDS)
    last, ends = await trial.value(SENDER, LAST), await _ends(trial)

    async def tells() -> bool:
        return bool(await trial.value(SENDER, WAITS, last) > 10)

    await until(tells, PATIENCE_SECONDS)
    trial.expect(await _ends(trial) == ends, "a restored sender sent before its numbers were raised")


async def _ends(trial: Trial) -> list[int]:
    """Where the sender's topic ends, by partition."""
    own = [at for at in partitions() if at.topic == EVALUATIONS.name]
    async with reader(trial.fleet.stack.kafka) as consumer:
        return list((await consumer.end_offsets(own)).values())


def by_http(officers: Sequence[EmployeeRecorded], n: int) -> Submission:
    """The same by HTTP only: what the lost cluster alone had, nobody has any more."""
    made = each_its_incident(officers, n)
    made.door = "http"
    return made


def each_its_incident(officers: Sequence[EmployeeRecorded], n: int) -> Submission:
    """The mixed load, each evaluation of an incident of its own: a second life then makes the very same events."""
    made = clients.about(officers, n)
    nth = n // len(clients.CATEGORIES)
    day = datetime.now(UTC).date() - timedelta(days=1 + nth // len(officers) % clients.DAYS)
    officer = officers[nth % len(officers)].employee_id
    made.body = made.body.model_copy(update={"employee_id": officer, "occurred_on": day})
    return made
