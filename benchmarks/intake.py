"""HTTP intake: complaints filed and committed; ours beside bare FastAPI and raw ASGI with the same rows."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from statistics import median

from benchmarks import load
from benchmarks.measure import Meter, Reading, compare, rates, ratios
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Stage, bare_environment, process, salor_environment
from deploy.local.chosen import free_port
from deploy.local.trouble import say
from tests.until import until

LIMIT_SCHEMA = (Path(__file__).parent / "limit" / "intake.sql").read_text()
FILINGS, WARM = 10_000, 1_000
KEYS = {"SALOR_RECEIPT_KEYS": "a" * 64, "SALOR_REPORTER_KEYS": "b" * 64}


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """Ours and the two limits in turn."""
    filings = options.scaled(FILINGS)
    ours: list[Reading] = []
    fast_api: list[Reading] = []
    raw: list[Reading] = []
    for _ in range(options.pairs):
        ours.append(await _ours(stage, filings))
        fast_api.append(await _limit(stage, "fastapi", filings))
        raw.append(await _limit(stage, "asgi", filings))
    for name, readings in ("ours", ours), ("bare FastAPI", fast_api), ("raw ASGI", raw):
        rates(results, f"HTTP intake, {name}", "filings", readings)
    compare(results, "intake", ours, fast_api)
    results.add("HTTP intake / raw ASGI", ratios([r.rate for r in ours], [r.rate for r in raw]))


async def _ours(stage: Stage, filings: int) -> Reading:
    port = free_port()
    environment = salor_environment(stage, await stage.database("complaints"), "", roles="api")
    return await _run(
        stage, "services.complaints", {**environment, **KEYS, "SALOR_HTTP_PORT": str(port)}, port, filings
    )


async def _limit(stage: Stage, form: str, filings: int) -> Reading:
    port = free_port()
    database = await stage.database("complaints", LIMIT_SCHEMA)
    environment = bare_environment(stage, database, "", form=form, port=str(port))
    return await _run(stage, "benchmarks.limit.intake", environment, port, filings)


async def _run(stage: Stage, module: str, environment: dict[str, str], port: int, filings: int) -> Reading:
    source = load.requests(port)
    async with process(module, environment) as measured:
        await until(lambda: _listens(port), seconds=30)
        await load.run(port, WARM, source)
        meter = Meter(stage, {"service": measured})
        latencies = await load.run(port, filings, source)
        reading = meter.read(filings, time.monotonic())
    say(
        f"    {module} {environment.get('BENCH_FORM', '')}: {reading.rate:,.0f}/s, p50 {median(latencies) * 1e3:.1f} ms"
    )
    return reading


async def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
