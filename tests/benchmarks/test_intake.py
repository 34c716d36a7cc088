"""What the intake is compared with does the same work."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress

import asyncpg
import pytest

from benchmarks import load
from benchmarks.counters.filing import KEYS
from benchmarks.intake import LIMIT_SCHEMA
from benchmarks.limit.intake import Intake
from services.complaints.api.reports import FILE
from services.complaints.app import service
from services.complaints.model.documents import Filing, Report
from shared.messaging.requests import Call
from tests.servers import Database
from tests.support import bench

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
FILED = [request.partition(b"\r\n\r\n")[2] for request in itertools.islice(load.requests(1), 3)]


async def written(url: str) -> dict[str, int]:
    """How many rows each table has, of those that have any; without what a service loads when it starts."""
    connection = await asyncpg.connect(url)
    try:
        tables = [row["tablename"] for row in await connection.fetch(TABLES)]
        counts = {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for name in tables}
    finally:
        await connection.close()
    return {name: count for name, count in counts.items() if count and name not in ("policy", "migration")}


async def test_the_limit_of_the_intake_writes_as_many_rows_to_every_table(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, limit = await database("complaints"), await database("complaints")
    async with bench(service, ours, **KEYS) as at:
        filings = [
            Filing(submission=Report.model_validate_json(body), address=f"10.0.0.{n}") for n, body in enumerate(FILED)
        ]
        await at.requests.settle([Call(FILE, one, "public", f"key-{n}") for n, one in enumerate(filings)])

    connection = await asyncpg.connect(limit)
    await connection.execute(LIMIT_SCHEMA)
    await connection.close()
    monkeypatch.setenv("BENCH_DATABASE", limit)
    intake = Intake()
    running = asyncio.create_task(intake.run())
    await asyncio.gather(*(intake.file(f"key-{n}", body, f"10.0.0.{n}") for n, body in enumerate(FILED)))
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    assert await written(limit) == await written(ours)
