"""Clients that submit complaints by both doors and never give up: the same key (or id) until there is an answer."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from aiokafka.errors import KafkaError

from deploy.local import district, wire
from deploy.local.stack import Stack
from shared.events.directory import EmployeeRecorded
from shared.events.frontoffice import ComplaintSubmitted, Contact
from tests.faults.sending import Sender

SOURCE = "urn:test:front-office"
PATIENCE_SECONDS = 90.0
RETRY_SECONDS = (0.2, 1.6)
"""First and longest pause of a client. Hundreds who insist five times a second leave the services no core."""
CLIENTS = 100
"""At the HTTP door at once. The others wait here: for each that waits in httpx's pool each request looks at each
connection, and 200 left no core for the proxy that PostgreSQL is reached by in this process.
"""
CATEGORIES = ("undue_delay", *("reward_demanded", "improper_conduct") * 3)
"""The first is evaluated at filing, at six times the cost of the others, which only have a reason for none."""
UNKNOWN_CATEGORY = "nonsense"
DAYS = 25  # a report comes within 30 days after the service


@dataclass(slots=True)
class Submission:
    """One complaint, its door, and what its client was told. A `wrong` one must be refused."""

    door: str
    id: str
    body: ComplaintSubmitted
    address: str = ""
    wrong: bool = False
    complaint_id: str | None = None
    refused: str | None = None


@dataclass(slots=True)
class Load:
    """Submissions at a steady rate (a second), every second one by each door. `make` gives the n-th.

    Once there are enough they come more slowly (`after`), so that a long fault finds work and no backlog grows.
    `replicas`: more addresses of the HTTP door, which clients go to in turn. `put_off` counts the answers 503 that say
    when to come again, `refused` the connections that were not to be had; `unheard_of` are the other 5xx.
    """

    make: Callable[[int], Submission]
    rate: float
    least: int
    after: float = 25.0
    submissions: list[Submission] = field(default_factory=list)
    replicas: list[str] = field(default_factory=list)
    put_off: int = 0
    refused: int = 0
    unheard_of: list[str] = field(default_factory=list)
    _turn: int = 0
    _door: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CLIENTS))

    async def run(self, stack: Stack, over: asyncio.Event | None = None) -> None:
        """Submit at least so many, and on until it is over; returns when each is answered or acknowledged."""
        limits = httpx.Limits(max_connections=CLIENTS)
        async with (
            httpx.AsyncClient(timeout=15, trust_env=False, limits=limits) as client,
            Sender(stack.kafka) as sender,
            asyncio.TaskGroup() as group,
        ):
            due = time.monotonic()
            while len(self.submissions) < self.least or not (over is None or over.is_set()):
                submission = self.make(len(self.submissions))
                self.submissions.append(submission)
                group.create_task(self._insist(stack, client, sender, submission))
                due += 1 / (self.rate if len(self.submissions) < self.least else min(self.rate, self.after))
                await asyncio.sleep(due - time.monotonic())

    async def _insist(self, stack: Stack, client: httpx.AsyncClient, sender: Sender, submission: Submission) -> None:
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, RETRY_SECONDS[0]
        while not await (
            self._by_http(stack, client, submission) if submission.door == "http" else _by_kafka(sender, submission)
        ):
            assert time.monotonic() < deadline, f"{submission.id} got no answer in {PATIENCE_SECONDS} s"
            await asyncio.sleep(pause)
            pause = min(2 * pause, RETRY_SECONDS[1])

    async def _by_http(self, stack: Stack, client: httpx.AsyncClient, submission: Submission) -> bool:
        headers = {
            "idempotency-key": submission.id,
            "content-type": "application/json",
            "x-forwarded-for": submission.address,
        }
        body = submission.body.model_dump_json()
        try:
            async with self._door:
                answer = await client.post(f"{self._address(stack)}/complaints", content=body, headers=headers)
        except httpx.HTTPError:
            self.refused += 1
            return False
        if answer.status_code == 201:
            submission.complaint_id = answer.json()["complaint_id"]
        elif answer.status_code < 500:
            submission.refused = answer.text
        elif answer.status_code == 503 and "retry-after" in answer.headers:
            self.put_off += 1
        else:
            self.unheard_of.append(f"{answer.status_code} to {submission.id}: {answer.text}")
        return answer.status_code < 500

    def _address(self, stack: Stack) -> str:
        addresses = [stack.http("complaints"), *self.replicas]
        self._turn += 1
        return addresses[self._turn % len(addresses)]


def plan(count: int, seconds: float) -> Load:
    """A mixed load on the sample district: several complaints an incident, every category's fate, some anonymous."""
    officers = [e for e in district.employees(district.DISTRICT).values() if e.superior_id is not None][:10]
    return Load(lambda n: about(officers, n), count / seconds, count)


def about(officers: Sequence[EmployeeRecorded], n: int) -> Submission:
    """The n-th submission of a mixed load about some officers: one in seven is evaluated, one in 25 is wrong."""
    wrong = n % 25 == 24
    body = ComplaintSubmitted(
        category=UNKNOWN_CATEGORY if wrong else CATEGORIES[n % len(CATEGORIES)],
        text=f"Submission {n} of a test.",
        employee_id=officers[n % len(officers)].employee_id,
        occurred_on=datetime.now(UTC).date() - timedelta(days=1 + n // 70 % DAYS),
        anonymous=n % 9 == 8,
        contact=_contact(n),
    )
    address = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"  # each its own, or the limit of open filing would count
    return Submission("http" if n % 2 == 0 else "kafka", str(uuid.uuid4()), body, address, wrong)


def _contact(n: int) -> Contact:
    """One in twenty can be reached by mail, which costs the chain more than all the rest."""
    reachable = f"{uuid.uuid4().hex}@warga.example" if n % 20 == 0 else None
    return Contact(email=reachable, language="en" if n % 2 else "id")


async def _by_kafka(sender: Sender, submission: Submission) -> bool:
    letter = wire.Letter(submission.body, submission.id, SOURCE, datetime.now(UTC))
    try:
        await sender.send(letter.event.topic.name, letter.event.model_dump_json().encode(), headers=letter.headers())
    except (KafkaError, TimeoutError, OSError):
        return False
    return True


def join_receipts(submissions: Sequence[Submission], receipts: Sequence[dict[str, object]]) -> None:
    """What the offices read on `receipts.v1`, beside the submissions that it answers."""
    by_id = {submission.id: submission for submission in submissions if submission.door == "kafka"}
    for receipt in receipts:
        submission = by_id.get(str(receipt["submission"]))
        if submission is None:
            continue
        if "complaint_id" in receipt:
            submission.complaint_id = str(receipt["complaint_id"])
        else:
            submission.refused = str(receipt["problems"])
