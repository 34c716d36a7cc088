"""HTTP intake: complaints filed and committed; ours beside bare FastAPI and raw ASGI with the same rows."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from statistics import median

from benchmarks import load
from benchmarks.measure import Meter, Reading, report
from benchmarks.stage import Stage, limit_environment, process, salor_environment
from deploy.local.chosen import free_port
from deploy.local.trouble import say
from tests.until import until

LIMIT_SCHEMA = (Path(__file__).parent / "limit" / "intake.sql").read_text()
WARM = 1_000
KEYS = {"SALOR_RECEIPT_KEYS": "a" * 64, "SALOR_REPORTER_KEYS": "b" * 64}


async def measure(stage: Stage, pairs: int, filings: int) -> None:
    """Rounds of ours and the two limits, in turn; prints the figures."""
    ours: list[Reading] = []
    fast_api: list[Reading] = []
    raw: list[Reading] = []
    for _ in range(pairs):
        ours.append(await _ours(stage, filings))
        fast_api.append(await _limit(stage, "fastapi", filings))
        raw.append(await _limit(stage, "asgi", filings))
    report("HTTP intake beside bare FastAPI", "filings/s", ours, fast_api)
    report("HTTP intake beside raw ASGI", "filings/s", ours, raw)


async def _ours(stage: Stage, filings: int) -> Reading:
    port = free_port()
    environment = salor_environment(stage, await stage.database("complaints"), "", roles="api")
    return await _run(
        stage, "services.complaints", {**environment, **KEYS, "SALOR_HTTP_PORT": str(port)}, port, filings
    )


async def _limit(stage: Stage, form: str, filings: int) -> Reading:
    port = free_port()
    database = await stage.database("complaints", LIMIT_SCHEMA)
    environment = limit_environment(stage, database, "", form=form, port=str(port))
    return await _run(stage, "benchmarks.limit.intake", environment, port, filings)


async def _run(stage: Stage, module: str, environment: dict[str, str], port: int, filings: int) -> Reading:
    source = load.requests(port)
    async with process(module, environment) as measured:
        await until(lambda: _listens(port), seconds=30)
        await load.run(port, WARM, source)
        meter = Meter(stage, measured)
        latencies = await load.run(port, filings, source)
        reading = meter.read(filings, time.monotonic())
    say(
        f"    {module} {environment.get('LIMIT_FORM', '')}: {reading.rate:,.0f}/s, p50 {median(latencies) * 1e3:.1f} ms"
    )
    return reading


async def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
