"""The relay alone: a full outbox until its last record is acknowledged; ours beside the raw cursor and send."""

from __future__ import annotations

import asyncpg

from benchmarks.hop import WARM
from benchmarks.measure import Meter, Reading, compare, rates
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Stage, bare_environment, ends, new_prefix, process, salor_environment
from deploy.local import wire
from shared.events.evaluation import EVALUATIONS, EvaluationOpened

FILL = """INSERT INTO outbox (topic, key, sequence, event_id, type, at, correlation_id, causation_id, payload)
SELECT $1, made, 1, made, $2, clock_timestamp(), made, made, json_build_object('evaluation_id', made, 'complaint_id',
    made, 'incident_id', made, 'employee_id', made, 'visibility', 'open')
FROM (SELECT gen_random_uuid() AS made FROM generate_series(1, $3::int)) AS rows"""
ROWS, ROWS_A_TRANSACTION = 40_000, 500


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """Ours and the limit in turn."""
    rows = options.scaled(ROWS / ROWS_A_TRANSACTION) * ROWS_A_TRANSACTION
    ours: list[Reading] = []
    limit: list[Reading] = []
    for _ in range(options.pairs):
        prefix, database = new_prefix(), await stage.database(None)
        environment = salor_environment(stage, database, prefix, roles="relay")
        ours.append(await _run(stage, prefix, database, "benchmarks.hop_service", environment, rows))
        prefix, database = new_prefix(), await stage.database(None)
        environment = bare_environment(stage, database, prefix)
        limit.append(await _run(stage, prefix, database, "benchmarks.limit.relay", environment, rows))
    for name, readings in ("ours", ours), ("limit", limit):
        rates(results, f"relay, {name}", "rows", readings)
    compare(results, "relay", ours, limit)


async def _run(
    stage: Stage, prefix: str, database: str, module: str, environment: dict[str, str], rows: int
) -> Reading:
    kafka = stage.stack.kafka
    await wire.ensure(kafka, EVALUATIONS, prefix)
    async with process(module, environment) as measured, ends(kafka, prefix, EVALUATIONS) as out:
        await _fill(database, WARM)
        await out.reach(WARM, measured)
        measured.suspend()
        before = await out.count()
        await _fill(database, rows)
        meter = Meter(stage, {"service": measured})
        measured.resume()
        return meter.read(rows, await out.reach(before + rows, measured))


async def _fill(database: str, rows: int) -> None:
    connection = await asyncpg.connect(database)
    for _ in range(rows // ROWS_A_TRANSACTION):
        await connection.execute(FILL, EVALUATIONS.name, EvaluationOpened.type, ROWS_A_TRANSACTION)
    await connection.close()
