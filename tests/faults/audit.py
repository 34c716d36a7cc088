"""The audit: what clients were told, every table, the whole topics and the mail ledger must tell one story."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.stack import SERVICES, Stack
from deploy.local.trouble import say
from services.complaints.app import service as complaints
from services.evaluation.app import service as evaluation
from services.notifications.app import service as notifications
from services.training.app import service as training
from shared.service import Service
from tests.faults.clients import Submission, join_receipts

ALL: dict[str, Service] = {
    "complaints": complaints,
    "evaluation": evaluation,
    "training": training,
    "notifications": notifications,
}
BUSY_DELIVERIES = """SELECT count(*) FROM delivery WHERE state IN ('claimed', 'sending')
    OR (state IN ('pending', 'waiting') AND (not_before IS NULL OR not_before <= now()))"""
Databases: TypeAlias = "dict[str, asyncpg.Connection[asyncpg.Record]]"


@asynccontextmanager
async def databases(stack: Stack) -> AsyncIterator[Databases]:
    """A connection to each service's database."""
    opened = {name: await asyncpg.connect(stack.postgres_url(name)) for name in SERVICES}
    try:
        yield opened
    finally:
        for connection in opened.values():
            await connection.close()


@asynccontextmanager
async def when_quiet(stack: Stack, seconds: float = 60) -> AsyncIterator[Databases]:
    """The databases, once nothing is on its way any more (I6). Raises AssertionError with what is left."""
    began = time.monotonic()
    async with databases(stack) as at:
        while left := await _under_way(at):
            assert time.monotonic() - began < seconds, f"not quiet after {seconds} s: {left}"
            await asyncio.sleep(0.2)
        say(f"quiet after {time.monotonic() - began:.1f} s")
        yield at


async def _under_way(at: Databases) -> list[str]:
    left = [line async for line in _behind(at)]
    for name, connection in at.items():
        parked = await connection.fetchval("SELECT count(*) FROM parked")
        left += [f"{name}: {parked} parked"] if parked else []
    busy = await at["notifications"].fetchval(BUSY_DELIVERIES)
    return left + ([f"{busy} deliveries under way"] if busy else [])


async def _behind(at: Databases) -> AsyncIterator[str]:
    """Where a consumer's `seen` is not its sender's `stream` (I5)."""
    for name, service in ALL.items():
        told = await at[name].fetch("SELECT stream, key, sequence FROM stream")
        for consumer, listener in ALL.items():
            heard = {topic.name for topic in listener.listens.topics}
            wanted = {(r["stream"], r["key"]): r["sequence"] for r in told if r["stream"] in heard}
            rows = await at[consumer].fetch(
                "SELECT stream, key, sequence FROM seen WHERE stream = ANY($1)", list(heard)
            )
            seen = {(r["stream"], r["key"]): r["sequence"] for r in rows}
            wrong = [place for place, sequence in wanted.items() if seen.get(place, 0) != sequence]
            if wrong:
                yield f"{consumer} is behind {service.name} on {len(wrong)} keys, such as {wrong[0]}"


async def read_topics(stack: Stack) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Every record of every topic that our services write, as (event id, body)."""
    topics = {event.topic for service in ALL.values() for event in service.tells}
    consumer = AIOKafkaConsumer(bootstrap_servers=[stack.kafka], auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(topic.name, n) for topic in topics for n in range(topic.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found: dict[str, list[tuple[str, dict[str, Any]]]] = {topic.name: [] for topic in topics}
        left = {partition for partition in partitions if ends[partition] > 0}
        while left:
            for partition, records in (await consumer.getmany(timeout_ms=100)).items():
                ids = [dict(record.headers)["ce_id"].decode() for record in records]
                found[partition.topic] += zip(ids, [json.loads(r.value) for r in records], strict=True)
                if records[-1].offset + 1 >= ends[partition]:
                    left.discard(partition)
        return found
    finally:
        await consumer.stop()


async def audit(stack: Stack, at: Databases, submissions: Sequence[Submission]) -> list[str]:
    """Everything that contradicts the promise, in words; nothing where it was kept. Call it when all is quiet."""
    topics = await read_topics(stack)
    join_receipts(submissions, [body for _, body in topics["receipts.v1"]])
    wrong = [f"{s.door} submission {s.id} was refused: {s.refused}" for s in submissions if s.refused]
    wrong += [f"{s.door} submission {s.id} has no answer" for s in submissions if not (s.refused or s.complaint_id)]
    accepted = {s.complaint_id: s for s in submissions if s.complaint_id}
    wrong += await _complaints(at, accepted)
    wrong += await _needs(at)
    wrong += await _mails(stack, at, accepted)
    wrong += await _publication(at, topics)
    return wrong


async def _complaints(at: Databases, accepted: dict[str, Submission]) -> list[str]:
    """I1, I2, I8: one row each and no other; each in one incident with one evaluation, or a reason for none."""
    rows = {str(r["complaint_id"]) for r in await at["complaints"].fetch("SELECT complaint_id FROM complaint")}
    wrong = [f"complaint {one} was accepted and is lost" for one in accepted if one not in rows]
    wrong += [f"complaint {one} has no client that was told so" for one in rows - accepted.keys()]
    found = await at["evaluation"].fetch(
        """SELECT c.complaint_id, n.reason, count(e.evaluation_id) AS standing FROM complaint c
        LEFT JOIN no_evaluation n USING (complaint_id)
        LEFT JOIN evaluation e ON e.incident_id = c.incident_id AND e.status <> 'withdrawn'
        GROUP BY c.complaint_id, n.reason"""
    )
    judged = {str(r["complaint_id"]): r for r in found}
    wrong += [f"complaint {one} never reached evaluation" for one in rows - judged.keys()]
    for one, row in judged.items():
        if row["standing"] + (row["reason"] is not None) != 1:
            wrong.append(f"complaint {one} has {row['standing']} standing evaluations and reason {row['reason']}")
    return wrong


async def _needs(at: Databases) -> list[str]:
    """I3: one enrolment per need, and none without."""
    needs = Counter(r["need_id"] for r in await at["evaluation"].fetch("SELECT need_id FROM need"))
    enrolled = Counter(r["need_id"] for r in await at["training"].fetch("SELECT need_id FROM enrolment"))
    return [f"need {one}: opened {needs[one]}, enrolled {enrolled[one]}" for one in needs | enrolled
            if (needs[one], enrolled[one]) != (1, 1)]  # fmt: skip


async def _mails(stack: Stack, at: Databases, accepted: dict[str, Submission]) -> list[str]:
    """I4: the provider saw each accepted delivery once, and nothing else; each citizen was told once."""
    rows = await at["notifications"].fetch(
        "SELECT delivery_id, state, recipient, what FROM delivery WHERE channel = 'email'"
    )
    sent = Counter(mail.message_id.strip("<>").partition("@")[0] for mail in stack.mails())
    states = {str(r["delivery_id"]): r["state"] for r in rows}
    wrong = [f"mail {one} was sent {times} times" for one, times in sent.items() if times > 1]
    wrong += [f"mail {one} has no delivery" for one in sent if one not in states]
    wrong += [
        f"delivery {one} is accepted and no mail went"
        for one, s in states.items()
        if s == "accepted" and one not in sent
    ]
    wrong += [
        f"delivery {one} went, and is {states.get(one)}"
        for one in sent
        if states.get(one) not in ("accepted", "unknown", None)
    ]
    told = Counter(str(r["recipient"]) for r in rows if r["what"] == "received")
    wrong += [
        f"complaint {one}: its reporter has {told[str(one)]} first messages" for one in accepted if told[str(one)] != 1
    ]
    return wrong


async def _publication(at: Databases, topics: dict[str, list[tuple[str, dict[str, Any]]]]) -> list[str]:
    """I9: every committed outbox row is in its topic, and nothing else is."""
    committed: dict[str, set[str]] = {name: set() for name in topics}
    for connection in at.values():
        for row in await connection.fetch("SELECT topic, event_id FROM outbox"):
            committed[row["topic"]].add(str(row["event_id"]))
    published = {topic: {event_id for event_id, _ in records} for topic, records in topics.items()}
    wrong = [
        f"{len(committed[t] - published[t])} events of {t} were never sent"
        for t in topics
        if committed[t] - published[t]
    ]
    return wrong + [
        f"{len(published[t] - committed[t])} phantom events on {t}" for t in topics if published[t] - committed[t]
    ]
