"""The idle chain: one submission at a time until its last delivery is recorded; ours beside four bare hops."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import asyncpg

from benchmarks.chain.hops import Hops, hops
from benchmarks.hop import letter
from benchmarks.measure import percentiles
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Stage, new_prefix
from deploy.local import district, wire
from deploy.local.stack import SERVICES, Stack
from deploy.local.temporary import temporary_folder
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted, Contact
from tests.until import until

SUBMISSIONS = 50
SPACING_SECONDS = 0.2
"""Longer than a submission takes: each finds the chain idle."""
DONE = """SELECT correlation_id AS one, max(changed_at) AS at FROM delivery WHERE state = 'accepted'
GROUP BY correlation_id"""
UNDER_WAY = "SELECT count(*) FROM delivery WHERE state NOT IN ('accepted', 'waiting', 'failed', 'suppressed')"
COMPLAINT_OF = "SELECT source_event_id AS submission, complaint_id FROM complaint"
LAST_HOP = "SELECT correlation_id AS one, at FROM outbox"

Sent = dict[str, datetime]


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """Ours and the limit in turn; the percentiles are those of all runs together."""
    ours: list[list[float]] = []
    limit: list[list[float]] = []
    for _ in range(options.pairs):
        ours.append(await _ours(stage, options.scaled(SUBMISSIONS)))
        limit.append(await _limit(stage, options.scaled(SUBMISSIONS)))
    _report(results, ours, ("idle p50", "idle p99"))
    _report(results, limit, ("four idle bare hops, p50", "four idle bare hops, p99"))


def _report(results: Results, runs: list[list[float]], names: tuple[str, str]) -> None:
    each = [percentiles(run) for run in runs]
    together = percentiles(list(itertools.chain.from_iterable(runs)))
    for place, name in enumerate(names):
        results.add(name, [one[place] for one in each], "ms", value=together[place])


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
    async with hops(stage) as at:
        letters = [letter(uuid.uuid4(), datetime.now(UTC)) for _ in range(submissions + 1)]
        await _send(stage.stack.kafka, at.prefix, letters[:1], keyed=True)
        await until(lambda: _recorded(at, 1), seconds=30)
        sent = await _send(stage.stack.kafka, at.prefix, letters[1:], keyed=True)
        await until(lambda: _recorded(at, len(letters)), seconds=30)
        done = {row["one"]: row["at"] for row in await at.last.fetch(LAST_HOP)}
    return _seconds(sent, done)


async def _recorded(at: Hops, count: int) -> bool:
    return await at.recorded() == count
