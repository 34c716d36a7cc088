"""The chain with two replicas of each service, beside one: what a second process brings on the machine's cores."""

from __future__ import annotations

from benchmarks.chain.load import carried
from benchmarks.chain.world import world
from benchmarks.measure import ratios
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Stage


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """One and two, once each: it is a look, with no goal."""
    found: dict[int, list[float]] = {1: [], 2: []}
    for replicas, rates in found.items():
        async with world(stage, replicas) as at:
            rates.append(await carried(at, options))
    for replicas, rates in found.items():
        results.add(f"whole chain, replicas of each service: {replicas}", rates, "complaints/s")
    results.add("two replicas / one", ratios(found[2], found[1]))
