"""The chain at half its load for as long as asked: what drifts between the first quarter and the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks import disk, pace
from benchmarks.chain.load import carried
from benchmarks.chain.world import World, world
from benchmarks.measure import percentiles
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Stage

QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Quarter:
    """`p99` in ms, the longest `flush` of the disk itself in ms, the `memory` of each service in MB at its end, and the
    bytes `stored` a complaint.
    """

    p99: float
    flush: float
    memory: Mapping[str, float]
    stored: float


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """Four quarters at an even rate; each figure of the last beside that of the first."""
    quarters: list[Quarter] = []
    async with world(stage) as at:
        rate = await carried(at, options) / 2
        results.add("soak: its load", [rate], "complaints/s")
        for n in range(1, QUARTERS + 1):
            quarters.append(await _quarter(at, rate, options.soak_minutes * 60 / QUARTERS))
            _report(results, n, quarters[-1])
    first, last = quarters[0], quarters[-1]
    results.add("soak p99", [_drift(first.p99, last.p99)])
    results.add("soak memory", [_drift(sum(first.memory.values()), sum(last.memory.values()))])
    results.add("soak tables", [_drift(first.stored, last.stored)])


async def _quarter(at: World, rate: float, seconds: float) -> Quarter:
    count, before = round(rate * seconds), await at.bytes()
    async with disk.flushes(at.stage.stack.folder) as flushes:
        sent = await at.send(count, pace.evenly(count, rate))
        took = await sent.seconds()
    return Quarter(percentiles(took)[1], max(flushes) * 1e3, at.megabytes(), (await at.bytes() - before) / count)


def _report(results: Results, n: int, quarter: Quarter) -> None:
    results.add(f"soak, quarter {n}: p99", [quarter.p99], "ms")
    results.add(f"soak, quarter {n}: longest flush of the disk itself", [quarter.flush], "ms")
    for service, megabytes in quarter.memory.items():
        results.add(f"soak, quarter {n}: memory of {service} at its end", [megabytes], "MB")
    results.add(f"soak, quarter {n}: stored a complaint", [quarter.stored / 1e3], "kB")


def _drift(first: float, last: float) -> float:
    """By how many per cent the last is above the first."""
    return max(0.0, (last / first - 1) * 100)
