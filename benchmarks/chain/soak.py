"""The chain at half its load for as long as asked: what drifts between the first quarter and the last."""

from __future__ import annotations

from benchmarks import pace
from benchmarks.chain.load import COMPLAINTS, burst
from benchmarks.chain.world import World, world
from benchmarks.measure import percentiles
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Stage

QUARTERS = 4


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """Four quarters at an even rate; each figure of the last beside that of the first."""
    async with world(stage) as at:
        rate = (await burst(at, options.scaled(COMPLAINTS))).complaints.rate / 2
        seconds = options.soak_minutes * 60 / QUARTERS
        quarters = [await _quarter(at, rate, seconds) for _ in range(QUARTERS)]
    for place, name in enumerate(("soak p99", "soak memory", "soak tables")):
        first, last = quarters[0][place], quarters[-1][place]
        results.add(name, [max(0.0, (last / first - 1) * 100)])


async def _quarter(at: World, rate: float, seconds: float) -> tuple[float, float, float]:
    """p99 (ms), memory (MB), bytes stored a complaint."""
    count, before = round(rate * seconds), await at.bytes()
    sent = await at.send(count, pace.evenly(count, rate))
    took = await sent.seconds()
    return percentiles(took)[1], sum(at.megabytes().values()), (await at.bytes() - before) / count
