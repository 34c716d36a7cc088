"""Clients that submit complaints by both doors and never give up: the same key (or id) until there is an answer."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import httpx
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from deploy.local import district, wire
from deploy.local.stack import Stack
from shared.events.frontoffice import ComplaintSubmitted, Contact

SOURCE = "urn:test:front-office"
PATIENCE_SECONDS = 90.0
CATEGORIES = ("undue_delay", "undue_delay", "improper_conduct", "undue_delay", "reward_demanded", "no_service")


@dataclass(slots=True)
class Submission:
    """One complaint, its door, and what its client was told."""

    door: str
    id: str
    body: ComplaintSubmitted
    complaint_id: str | None = None
    refused: str | None = None


@dataclass(slots=True)
class Load:
    """Submissions spread evenly over some seconds, every second one by each door."""

    submissions: list[Submission] = field(default_factory=list)

    async def run(self, stack: Stack, seconds: float) -> None:
        """Submit all; returns when each is answered (HTTP) or acknowledged by the broker (Kafka)."""
        async with httpx.AsyncClient(timeout=15, trust_env=False) as client, asyncio.TaskGroup() as group:
            for n, submission in enumerate(self.submissions):
                delay = seconds * n / len(self.submissions)
                group.create_task(self._one(stack, client, submission, delay))

    async def _one(self, stack: Stack, client: httpx.AsyncClient, submission: Submission, delay: float) -> None:
        await asyncio.sleep(delay)
        deadline = time.monotonic() + PATIENCE_SECONDS
        submit = _by_http if submission.door == "http" else _by_kafka
        while not await submit(stack, client, submission):
            assert time.monotonic() < deadline, f"{submission.id} got no answer in {PATIENCE_SECONDS} s"
            await asyncio.sleep(0.2)


def plan(count: int) -> Load:
    """A mixed load on the sample district: several complaints an incident, every category's fate, some anonymous."""
    officers = [e for e in district.employees(district.DISTRICT).values() if e.superior_id is not None][:10]
    return Load([_submission(n, officers[n % len(officers)].employee_id) for n in range(count)])


def _submission(n: int, employee_id: uuid.UUID) -> Submission:
    today: date = datetime.now(UTC).date()
    body = ComplaintSubmitted(
        category=CATEGORIES[n % len(CATEGORIES)],
        text=f"Submission {n} of a test.",
        employee_id=employee_id,
        occurred_on=today - timedelta(days=n // 40),
        anonymous=n % 9 == 8,
        contact=Contact(email=f"citizen{n}@warga.example", language="en" if n % 2 else "id"),
    )
    return Submission("http" if n % 2 == 0 else "kafka", str(uuid.uuid4()), body)


async def _by_http(stack: Stack, client: httpx.AsyncClient, submission: Submission) -> bool:
    try:
        answer = await client.post(
            f"{stack.http('complaints')}/complaints",
            content=submission.body.model_dump_json(),
            headers={"idempotency-key": submission.id, "content-type": "application/json"},
        )
    except httpx.HTTPError:
        return False
    if answer.status_code == 201:
        submission.complaint_id = answer.json()["complaint_id"]
    elif answer.status_code < 500:
        submission.refused = answer.text
    return answer.status_code < 500


async def _by_kafka(stack: Stack, _: httpx.AsyncClient, submission: Submission) -> bool:
    producer = AIOKafkaProducer(
        bootstrap_servers=[stack.kafka], acks="all", enable_idempotence=True, request_timeout_ms=3_000
    )
    letter = wire.Letter(submission.body, submission.id, SOURCE, datetime.now(UTC))
    try:
        async with asyncio.timeout(10):
            await producer.start()
            await wire.send(producer, [letter], keyed=False)
    except (KafkaError, TimeoutError, OSError):
        return False
    finally:
        await _stop(producer)
    return True


async def _stop(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(2):
            await producer.stop()
    except (KafkaError, TimeoutError, OSError):
        return


def join_receipts(submissions: Sequence[Submission], receipts: Sequence[dict[str, object]]) -> None:
    """What the offices read on `receipts.v1`, beside the submissions that it answers."""
    by_id = {submission.id: submission for submission in submissions if submission.door == "kafka"}
    for receipt in receipts:
        submission = by_id[str(receipt["submission"])]
        if "complaint_id" in receipt:
            submission.complaint_id = str(receipt["complaint_id"])
        else:
            submission.refused = str(receipt["problems"])
