"""The idle chain: one submission at a time until its last delivery is recorded; ours beside four bare hops."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from statistics import quantiles

import asyncpg

from benchmarks.hop import LIMIT_SCHEMA, letter
from benchmarks.stage import Stage, limit_environment, new_prefix, process
from deploy.local import district, wire
from deploy.local.stack import SERVICES, Stack
from deploy.local.temporary import temporary_folder
from deploy.local.trouble import say
from shared.events import TOPICS
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted, Contact
from tests.until import until

SPACING_SECONDS = 0.2
"""Longer than a submission takes: each finds the chain idle."""
ROAD = ("complaints.v1", "evaluations.v1", "trainings.v1", "notifications.v1", "receipts.v1")
DONE = """SELECT correlation_id AS one, max(changed_at) AS at FROM delivery WHERE state = 'accepted'
GROUP BY correlation_id"""
UNDER_WAY = "SELECT count(*) FROM delivery WHERE state NOT IN ('accepted', 'waiting', 'failed', 'suppressed')"
COMPLAINT_OF = "SELECT source_event_id AS submission, complaint_id FROM complaint"
LAST_HOP = "SELECT correlation_id AS one, at FROM outbox"

Sent = dict[str, datetime]


async def measure(stage: Stage, pairs: int, submissions: int) -> None:
    """Ours and the limit in turn; prints the percentiles of all runs together."""
    ours: list[float] = []
    limit: list[float] = []
    for _ in range(pairs):
        ours += await _ours(stage, submissions)
        limit += await _limit(stage, submissions)
    say(f"idle chain, submission to last delivery recorded: {_percentiles(ours)}")
    say(f"    limit, four bare hops: {_percentiles(limit)}")


def _percentiles(seconds: list[float]) -> str:
    cuts = quantiles([s * 1e3 for s in seconds], n=100)
    return f"p50 {cuts[49]:.0f} ms, p90 {cuts[89]:.0f} ms, p99 {cuts[98]:.0f} ms of {len(seconds)}"


async def _ours(stage: Stage, submissions: int) -> list[float]:
    databases = {name: await stage.database(name) for name in SERVICES}
    prefix, kafka = new_prefix(), stage.stack.kafka
    async with (
        temporary_folder("chain") as folder,
        Stack(folder, kafka=kafka, databases=databases, environment={"SALOR_TOPIC_PREFIX": prefix}),
    ):
        await district.load(kafka, district.read(), prefix)
        await wire.ensure(kafka, FRONTOFFICE, prefix)
        await _send(kafka, prefix, _submissions(1), keyed=False)  # pools, plans and groups are warm then
        sent = await _send(kafka, prefix, _submissions(submissions), keyed=False)
        return await _until_recorded(databases, sent)


def _submissions(count: int) -> list[wire.Letter]:
    """About different officers and days, so that none joins another's incident."""
    officers = [e for e in district.employees(district.DISTRICT).values() if e.superior_id is not None]
    today: date = datetime.now(UTC).date()
    made = []
    for n in range(count):
        body = ComplaintSubmitted(
            category="undue_delay",
            text="The document was promised for last week.",
            employee_id=officers[n % len(officers)].employee_id,
            occurred_on=today - timedelta(days=1 + n // len(officers)),
            contact=Contact(email=f"{uuid.uuid4().hex}@warga.example"),
        )
        made.append(wire.Letter(body, str(uuid.uuid4()), "urn:bench:office", datetime.now(UTC)))
    return made


async def _send(kafka: str, prefix: str, letters: list[wire.Letter], *, keyed: bool) -> Sent:
    """One at a time, at even distances; gives when each was sent."""
    sent: Sent = {}
    async with wire.producer(kafka) as to:
        for letter_ in letters:
            began = time.monotonic()
            sent[letter_.id] = datetime.now(UTC)
            await wire.send(to, [letter_], prefix, keyed=keyed)
            await asyncio.sleep(SPACING_SECONDS - (time.monotonic() - began))
    return sent


async def _until_recorded(databases: Mapping[str, str], sent: Sent) -> list[float]:
    complaints = await asyncpg.connect(databases["complaints"])
    notifications = await asyncpg.connect(databases["notifications"])

    async def quiet() -> bool:
        return await complaints.fetchval("SELECT count(*) FROM complaint") > len(sent) and not (
            await notifications.fetchval(UNDER_WAY)
        )

    await until(quiet, seconds=30)
    of = {str(row["complaint_id"]): row["submission"] for row in await complaints.fetch(COMPLAINT_OF)}
    done = {of[row["one"]]: row["at"] for row in await notifications.fetch(DONE) if row["one"] in of}
    await complaints.close()
    await notifications.close()
    return _seconds(sent, done)


def _seconds(sent: Sent, done: Mapping[str, datetime]) -> list[float]:
    missing = [one for one in sent if one not in done]
    assert not missing, f"{len(missing)} of {len(sent)} submissions have no record at the end of the chain"
    return [(done[one] - at).total_seconds() for one, at in sent.items()]


async def _limit(stage: Stage, submissions: int) -> list[float]:
    prefix, kafka = new_prefix(), stage.stack.kafka
    for name in ROAD:
        await wire.ensure(kafka, TOPICS[name], prefix)
    async with AsyncExitStack() as running:
        for heard, told in itertools.pairwise(ROAD):
            database = await stage.database(None, LIMIT_SCHEMA)
            environment = limit_environment(stage, database, prefix, in_topic=heard, out_topic=told)
            await running.enter_async_context(process("benchmarks.limit.hop", environment))
        last = await asyncpg.connect(database)
        officers = [uuid.uuid4() for _ in range(submissions + 1)]
        letters = [letter(officer, datetime.now(UTC)) for officer in officers]
        await _send(kafka, prefix, letters[:1], keyed=True)
        await until(lambda: _recorded(last, 1), seconds=30)
        sent = await _send(kafka, prefix, letters[1:], keyed=True)
        await until(lambda: _recorded(last, len(letters)), seconds=30)
        done = {row["one"]: row["at"] for row in await last.fetch(LAST_HOP)}
        await last.close()
    return _seconds(sent, done)


async def _recorded(last: asyncpg.Connection[asyncpg.Record], count: int) -> bool:
    return bool(await last.fetchval("SELECT count(*) FROM outbox") == count)
