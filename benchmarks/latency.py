"""One hop under an open load: from the moment a record was to be sent until what it causes can be read."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import pace, plot
from benchmarks.hop import LIMIT, OFFICERS, OURS, RECORDS, Running, burst, letters, running
from benchmarks.measure import percentiles
from benchmarks.options import Options
from benchmarks.pace import Arrivals
from benchmarks.results import Results
from benchmarks.stage import Stage, new_prefix
from deploy.local import wire
from deploy.local.program import ROOT
from deploy.local.trouble import say
from shared.events.complaints import COMPLAINTS
from shared.events.evaluation import EVALUATIONS
from tests.until import came_true

HALF = 50
"""Per cent of what ours carries at most, as all loads."""
SECONDS = 5
DRAIN_SECONDS = 20.0
PLOT = Path(__file__).parent / "latency.svg"


@dataclass(frozen=True, slots=True)
class Point:
    """What one load came to, in milliseconds."""

    load: int
    p50: float
    p99: float


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """Ours and the limit in turn, at each load; the limit at the same rates as ours."""
    async with running(stage, OURS, OFFICERS) as ours, running(stage, LIMIT, OFFICERS) as limit:
        top = results.value(f"one hop, {OFFICERS:,} officers, ours")
        top = top or (await burst(stage, ours, options.scaled(RECORDS), OFFICERS)).rate
        found: dict[str, list[Point]] = {"ours": [], "limit": []}
        for load, (name, side) in itertools.product(plot.LOADS, (("ours", ours), ("limit", limit))):
            times = options.pairs if load == HALF else 1
            found[name] += [await _point(stage, side, load, top, options.scaled(SECONDS)) for _ in range(times)]
            say(f"    {name} at {load} %: p50 {found[name][-1].p50:.1f} ms, p99 {found[name][-1].p99:.1f} ms")
        way = await _bare(stage, top * HALF / 100, options.scaled(SECONDS))
    _report(results, found)
    for name, value in zip(("p50", "p99"), way, strict=True):
        results.add(f"the broker alone at the same load (one way, a hop is two), {name}", [value], "ms")
    PLOT.write_text(plot.svg(top, {name: _by_load(points) for name, points in found.items()}))
    say(f"    plot: {PLOT.relative_to(ROOT)}")


async def _point(stage: Stage, side: Running, load: int, top: float, seconds: int) -> Point:
    rate = top * load / 100
    records = [pace.record(one, side.prefix, keyed=True) for one in letters(round(rate * seconds), OFFICERS)]
    topic, starts = side.prefix + EVALUATIONS.name, await side.out.offsets()
    async with pace.arrivals(stage.stack.kafka, topic, starts) as arrived:
        due = await pace.send(stage.stack.kafka, records, pace.evenly(len(records), rate))
        assert await came_true(lambda: _complete(arrived, due), DRAIN_SECONDS), f"the {side.side.name} fell behind"
    p50, p99 = percentiles([arrived.at[one] - moment for one, moment in due.items()])
    return Point(load, p50, p99)


async def _bare(stage: Stage, rate: float, seconds: int) -> tuple[float, float]:
    """(p50, p99) in milliseconds of what is sent and read by the same clients, with nobody between them."""
    kafka, prefix = stage.stack.kafka, new_prefix()
    await wire.ensure(kafka, COMPLAINTS, prefix)
    records = [pace.record(one, prefix, keyed=True) for one in letters(round(rate * seconds), OFFICERS)]
    topic, starts = prefix + COMPLAINTS.name, dict.fromkeys(range(COMPLAINTS.partitions), 0)
    async with pace.arrivals(kafka, topic, starts, "ce_id") as arrived:
        due = await pace.send(kafka, records, pace.evenly(len(records), rate))
        assert await came_true(lambda: _complete(arrived, due), DRAIN_SECONDS), "the broker fell behind"
    return percentiles([arrived.at[one] - moment for one, moment in due.items()])


def _complete(arrived: Arrivals, due: dict[str, float]) -> bool:
    return len(arrived.at) >= len(due) and all(one in arrived.at for one in due)


def _report(results: Results, found: dict[str, list[Point]]) -> None:
    half = [point for point in found["ours"] if point.load == HALF]
    results.add("hop p50", [point.p50 for point in half])
    results.add("hop p99", [point.p99 for point in half])
    half = [point for point in found["limit"] if point.load == HALF]
    results.add("limit at the same load, p50", [point.p50 for point in half], "ms")
    results.add("limit at the same load, p99", [point.p99 for point in half], "ms")


def _by_load(points: Sequence[Point]) -> list[plot.Point]:
    """Of a load that was measured several times, the middle one."""
    middle = []
    for load, group in itertools.groupby(points, key=lambda point: point.load):
        ranked = sorted(group, key=lambda point: point.p99)
        middle.append((load, ranked[len(ranked) // 2].p50, ranked[len(ranked) // 2].p99))
    return middle
