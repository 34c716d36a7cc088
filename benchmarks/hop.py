"""One hop: records on a topic until what they cause is acknowledged on the next; ours, the limit, and the others."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psutil

from benchmarks import hop_service
from benchmarks.measure import Meter, Reading, compare, rates, ratios
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Ends, Stage, bare_environment, ends, new_prefix, process, salor_environment
from deploy.local import wire
from shared.events.complaints import COMPLAINTS, ComplaintFiled, Trigger, Visibility
from shared.events.evaluation import EVALUATIONS

LIMIT_SCHEMA = (Path(__file__).parent / "limit" / "protocol.sql").read_text()
OFFICERS = 5_000
RECORDS = 40_000
DISTRICT, DISTRICT_RECORDS = 30, 20_000
"""A small office, where the locks of officers serialise."""
WARM = 2_000
"""Records before the clock starts: pools, plans and the group are warm then."""
SLOWLY = 40
"""Who works one by one gets one record of so many."""


@dataclass(frozen=True, slots=True)
class Side:
    """Who does the hop: a module, the tables of its domain, its settings; `slow`: it gets less to do."""

    name: str
    module: str
    schema: str
    environment: Callable[[Stage, str, str], dict[str, str]]
    slow: bool = False

    def share(self, records: int) -> int:
        """Of a number of records, those that it gets."""
        return max(1, records // SLOWLY) if self.slow else records


@dataclass(frozen=True, slots=True)
class Running:
    """A side at work, warm and idle."""

    side: Side
    prefix: str
    database: str
    process: psutil.Process
    out: Ends


def _ours(stage: Stage, database: str, prefix: str) -> dict[str, str]:
    return salor_environment(stage, database, prefix, roles="events,relay")


def _one_by_one(stage: Stage, database: str, prefix: str) -> dict[str, str]:
    return {**_ours(stage, database, prefix), "SALOR_BATCH_RECORDS": "1"}


def _bare(stage: Stage, database: str, prefix: str) -> dict[str, str]:
    return bare_environment(stage, database, prefix, in_topic=COMPLAINTS.name, out_topic=EVALUATIONS.name)


OURS = Side("ours", "benchmarks.hop_service", hop_service.SCHEMA, _ours)
LIMIT = Side("limit", "benchmarks.limit.hop", LIMIT_SCHEMA, _bare)
ONE_BY_ONE = Side("ours, one by one", "benchmarks.hop_service", hop_service.SCHEMA, _one_by_one, slow=True)
NAIVE = Side("the usual service", "benchmarks.peers.naive", hop_service.SCHEMA, _bare, slow=True)
OUTBOX = Side("the usual service on faststream-outbox", "benchmarks.peers.outbox", hop_service.SCHEMA, _bare, slow=True)


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """Ours beside the limit."""
    await _pairs(stage, options, results, "hop", RECORDS, OFFICERS)


async def measure_small(stage: Stage, options: Options, results: Results) -> None:
    """The same in a small office."""
    await _pairs(stage, options, results, "hop30", DISTRICT_RECORDS, DISTRICT)


async def _pairs(stage: Stage, options: Options, results: Results, goal: str, usual: int, officers: int) -> None:
    records = options.scaled(usual)
    ours: list[Reading] = []
    limit: list[Reading] = []
    for _ in range(options.pairs):
        ours.append(await once(stage, OURS, records, officers))
        limit.append(await once(stage, LIMIT, records, officers))
    for side, readings in (OURS, ours), (LIMIT, limit):
        rates(results, f"one hop, {officers:,} officers, {side.name}", "events", readings)
    compare(results, goal, ours, limit)


async def measure_peers(stage: Stage, options: Options, results: Results) -> None:
    """Ours beside the usual service, and beside itself one by one."""
    records = options.scaled(RECORDS)
    found: dict[str, list[Reading]] = {side.name: [] for side in (OURS, ONE_BY_ONE, NAIVE, OUTBOX)}
    for _ in range(options.pairs):
        for side in OURS, ONE_BY_ONE, NAIVE, OUTBOX:
            found[side.name].append(await once(stage, side, records, OFFICERS))
    ours = [reading.rate for reading in found[OURS.name]]
    for goal, side in ("batch", ONE_BY_ONE), ("naive", NAIVE), ("one hop / the same on faststream-outbox", OUTBOX):
        rates(results, f"one hop, {side.name}", "events", found[side.name])
        results.add(goal, ratios(ours, [reading.rate for reading in found[side.name]]))


async def once(stage: Stage, side: Side, records: int, officers: int) -> Reading:
    """A burst through a fresh side."""
    async with running(stage, side, officers) as at:
        return await burst(stage, at, records, officers)


@asynccontextmanager
async def running(stage: Stage, side: Side, officers: int) -> AsyncIterator[Running]:
    """A side with topics and a database of its own."""
    kafka, prefix, warm = stage.stack.kafka, new_prefix(), side.share(WARM)
    database = await stage.database(None, side.schema)
    for topic in (COMPLAINTS, EVALUATIONS):
        await wire.ensure(kafka, topic, prefix)
    async with (
        process(side.module, side.environment(stage, database, prefix)) as started,
        ends(kafka, prefix, EVALUATIONS) as out,
    ):
        await _produce(kafka, prefix, warm, officers)
        await out.reach(warm, started)
        yield Running(side, prefix, database, started, out)


async def burst(stage: Stage, at: Running, records: int, officers: int) -> Reading:
    """As fast as it goes: all records lie on the topic when the clock starts."""
    count, before = at.side.share(records), await at.out.count()
    at.process.suspend()
    await _produce(stage.stack.kafka, at.prefix, count, officers)
    meter = Meter(stage, {"service": at.process})
    at.process.resume()
    return meter.read(count, await at.out.reach(before + count, at.process))


async def _produce(kafka: str, prefix: str, count: int, officers: int) -> None:
    async with wire.producer(kafka) as to:
        await wire.send(to, letters(count, officers), prefix)


def letters(count: int, officers: int) -> list[wire.Letter]:
    """Complaints about so many officers, each the first event of its key."""
    names = [uuid.uuid5(uuid.NAMESPACE_OID, str(n)) for n in range(officers)]
    now = datetime.now(UTC)
    return [letter(names[n % officers], now) for n in range(count)]


def letter(officer: uuid.UUID, now: datetime, draw: Callable[[], uuid.UUID] = uuid.uuid4) -> wire.Letter:
    """A complaint about an officer, the first event of its key. `draw` gives its ids."""
    filed = ComplaintFiled(
        complaint_id=draw(),
        category="undue_delay",
        part="delay",
        trigger=Trigger.AT_FILING,
        day=date(2026, 3, 2),
        filed_at=now,
        reporter_ref="0123456789abcdef",
        visibility=Visibility.OPEN,
        employee_id=officer,
    )
    return wire.Letter(filed, str(draw()), "urn:salor:complaints", now, {"sequence": "1"})
