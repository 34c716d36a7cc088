"""One hop: records on a topic until what they cause is acknowledged on the next; ours beside the limit."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks import hop_service
from benchmarks.measure import Meter, Reading, report
from benchmarks.stage import Stage, ends, limit_environment, new_prefix, process, salor_environment
from deploy.local import wire
from shared.events.complaints import COMPLAINTS, ComplaintFiled, Trigger, Visibility
from shared.events.evaluation import EVALUATIONS

LIMIT_SCHEMA = (Path(__file__).parent / "limit" / "protocol.sql").read_text()
WARM = 2_000
"""Records before the clock starts: pools, plans and the group are warm then."""


async def measure(stage: Stage, pairs: int, records: int, officers: int) -> None:
    """Pairs of ours and the limit, in turn; prints the figure."""
    ours: list[Reading] = []
    limit: list[Reading] = []
    for _ in range(pairs):
        ours.append(await _ours(stage, records, officers))
        limit.append(await _limit(stage, records, officers))
    report(f"one hop, {officers:,} officers", "events/s", ours, limit)


async def _ours(stage: Stage, records: int, officers: int) -> Reading:
    prefix = new_prefix()
    database = await stage.database(None, hop_service.SCHEMA)
    environment = salor_environment(stage, database, prefix, roles="events,relay")
    return await _run(stage, prefix, "benchmarks.hop_service", environment, records, officers)


async def _limit(stage: Stage, records: int, officers: int) -> Reading:
    prefix = new_prefix()
    database = await stage.database(None, LIMIT_SCHEMA)
    topics = {"in_topic": COMPLAINTS.name, "out_topic": EVALUATIONS.name}
    environment = limit_environment(stage, database, prefix, **topics)
    return await _run(stage, prefix, "benchmarks.limit.hop", environment, records, officers)


async def _run(
    stage: Stage, prefix: str, module: str, environment: dict[str, str], records: int, officers: int
) -> Reading:
    kafka = stage.stack.kafka
    for topic in (COMPLAINTS, EVALUATIONS):
        await wire.ensure(kafka, topic, prefix)
    async with process(module, environment) as measured, ends(kafka, prefix, EVALUATIONS) as out:
        await _produce(kafka, prefix, WARM, officers)
        await out.reach(WARM, measured)
        measured.suspend()
        await _produce(kafka, prefix, records, officers)
        meter = Meter(stage, measured)
        measured.resume()
        return meter.read(records, await out.reach(WARM + records, measured))


async def _produce(kafka: str, prefix: str, count: int, officers: int) -> None:
    names = [uuid.uuid5(uuid.NAMESPACE_OID, str(n)) for n in range(officers)]
    now = datetime.now(UTC)
    letters = (letter(names[n % officers], now) for n in range(count))
    async with wire.producer(kafka) as to:
        await wire.send(to, letters, prefix)


def letter(officer: uuid.UUID, now: datetime) -> wire.Letter:
    """A complaint about an officer, the first event of its key."""
    filed = ComplaintFiled(
        complaint_id=uuid.uuid4(),
        category="undue_delay",
        part="delay",
        trigger=Trigger.AT_FILING,
        day=date(2026, 3, 2),
        filed_at=now,
        reporter_ref="0123456789abcdef",
        visibility=Visibility.OPEN,
        employee_id=officer,
    )
    return wire.Letter(filed, str(uuid.uuid4()), "urn:salor:complaints", now, {"sequence": "1"})
