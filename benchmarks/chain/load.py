"""What the chain carries at most, how long a complaint takes at half of it, and what is left under three times."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean

from benchmarks import pace
from benchmarks.chain.hops import HOPS, Hops, hops
from benchmarks.chain.world import WARM, World, world
from benchmarks.hop import OFFICERS, letters
from benchmarks.measure import Meter, Reading, compare, percentiles, rates, ratios
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Stage
from tests.until import until

COMPLAINTS, BARE = 2_000, 10_000
"""Of a burst, ours and the limit's."""
STEADY_SECONDS, OVERLOAD_SECONDS = 10, 10
STEADY = (10, 25, 50)
"""Per cent of what a burst carries; half of it has the goal."""
TIMES, TOGETHER_SECONDS = 3, 0.1
"""More than it carries, in requests of what is due within a moment: the client is not to take the cores from it."""
PATIENCE_SECONDS = 120.0
LAST = "SELECT extract(epoch FROM max(at))::float8 FROM outbox"


@dataclass(frozen=True, slots=True)
class Burst:
    """One measurement, by complaint and by event told on the way."""

    complaints: Reading
    events: Reading


@dataclass(frozen=True, slots=True)
class Overload:
    """What was carried a second, the services' megabytes when the last was sent, and what was left to do then."""

    rate: float
    memory: float
    rest_seconds: float


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """All of it on one chain, that idles while the limit is measured."""
    async with world(stage) as at:
        results.add("start-up: all four services ready", [at.start_seconds], "s")
        memory(results, at, "after the start")
        top = await _most(at, options, results)
        await _steadily(at, options, results, top)
        await _overload(at, options, results, top)
        memory(results, at, "after the load")


def memory(results: Results, at: World, when: str) -> None:
    """Of each process."""
    for name, megabytes in at.megabytes().items():
        results.add(f"memory of {name} {when}", [megabytes], "MB")


async def _most(at: World, options: Options, results: Results) -> float:
    """Bursts of ours and the limit in turn. Gives the complaints a second that ours carries."""
    ours: list[Burst] = []
    limit: list[Reading] = []
    for _ in range(options.pairs):
        ours.append(await _burst(at, options.scaled(COMPLAINTS)))
        async with hops(at.stage) as bare:
            limit.append(await _bare_burst(at.stage, bare, options.scaled(BARE)))
    rates(results, "whole chain", "complaints", [one.complaints for one in ours])
    rates(results, "whole chain, events told", "events", [one.events for one in ours])
    rates(results, "four bare hops, events told", "events", limit)
    compare(results, "chain", [one.events for one in ours], limit)
    top = results.value("whole chain")
    assert top is not None, "it was just measured"
    return top


async def carried(at: World, options: Options) -> float:
    """Complaints a second of one burst."""
    return (await _burst(at, options.scaled(COMPLAINTS))).complaints.rate


async def _burst(at: World, count: int) -> Burst:
    """As fast as it goes: from the first submission to the last record of the last delivery."""
    told, meter = await at.told(), Meter(at.stage, at.processes)
    sent = await at.send(count, [0.0] * count)
    ended = await sent.done()
    assert len(ended) == count, f"{count - len(ended)} of {count} submissions have no record at the end of the chain"
    until_ = meter.began + max(ended.values()) - min(sent.due.values())
    return Burst(meter.read(count, until_), meter.read(await at.told() - told, until_))


async def _bare_burst(stage: Stage, bare: Hops, count: int) -> Reading:
    await _through(stage, bare, WARM)
    meter = Meter(stage, bare.processes)
    due = await _through(stage, bare, count)
    last = await bare.last.fetchval(LAST)
    return meter.read(count * HOPS, meter.began + last - min(due.values()))


async def _through(stage: Stage, bare: Hops, count: int) -> Mapping[str, float]:
    records = [pace.record(one, bare.prefix, keyed=True) for one in letters(count, OFFICERS)]
    before = await bare.recorded()
    due = await pace.send(stage.stack.kafka, records, [0.0] * count)

    async def through() -> bool:
        return await bare.recorded() >= before + count

    await until(through, seconds=PATIENCE_SECONDS)
    return due


async def _steadily(at: World, options: Options, results: Results, top: float) -> None:
    for load in STEADY:
        rate = top * load / 100
        count = max(2, round(rate * options.scaled(STEADY_SECONDS)))
        sent = await at.send(count, pace.evenly(count, rate))
        names = ("chain p50", "chain p99") if load == 50 else [f"whole chain at {load} %, {p}" for p in ("p50", "p99")]
        for name, value in zip(names, percentiles(await sent.seconds()), strict=True):
            results.add(name, [value], "ms")


async def _overload(at: World, options: Options, results: Results, top: float) -> None:
    """In turn with bursts, each beside those before and after it, since the machine's speed drifts."""
    before = _total(at)
    most, over = [await carried(at, options)], list[Overload]()
    for _ in range(options.pairs):
        over.append(await _overloaded(at, options, top))
        most.append(await carried(at, options))
    results.add("overload", ratios([one.rate for one in over], [mean(pair) for pair in pairwise(most)]))
    results.add("overload memory", [one.memory / before for one in over])
    results.add("overload: all done after", [one.rest_seconds for one in over], "s")


async def _overloaded(at: World, options: Options, top: float) -> Overload:
    count = round(top * TIMES * options.scaled(OVERLOAD_SECONDS))
    sent = await at.send(count, pace.together(pace.evenly(count, top * TIMES), TOGETHER_SECONDS))
    all_sent, at_end = time.time(), _total(at)
    ended = await sent.done()
    assert len(ended) == count, f"{count - len(ended)} of {count} submissions were lost under overload"
    last = max(ended.values())
    return Overload(count / (last - min(sent.due.values())), at_end, last - all_sent)


def _total(at: World) -> float:
    return sum(at.megabytes().values())
