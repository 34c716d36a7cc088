"""The chain with complaints stored, beside another with none, and a district's restless day on top of them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence

from benchmarks import pace
from benchmarks.chain.load import carried
from benchmarks.chain.world import World, world
from benchmarks.measure import ratios
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Stage
from deploy.local.trouble import say

LOT = 5_000
"""Of those that are only to be there."""
SPIKES = (1, 15, 1, 25, 2, 35, 10)
"""Complaints a second, one after another: the profile under which a comparable system lost 57 %."""
SPIKE_SECONDS = 10
PATIENCE_SECONDS = 10.0
"""What is not through by then counts as an error."""
GRACE_SECONDS = 1.0
"""At the end of a valley: what was submitted so lately may be under way."""


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """The same bursts on a filled chain and on a new one in turn; the spikes come last."""
    async with world(stage) as old:
        await _fill(old, options.scaled(options.stored))
        async with world(stage) as new:
            await _in_turn(new, old, options, results)
        await _spikes(old, options, results)


async def _in_turn(new: World, old: World, options: Options, results: Results) -> None:
    empty: list[float] = []
    full: list[float] = []
    await carried(new, options)  # not counted: a new chain's first is its slowest, and the old one has had many
    for _ in range(options.pairs):
        empty.append(await carried(new, options))
        full.append(await carried(old, options))
    results.add("whole chain with hardly a complaint stored", empty, "complaints/s")
    results.add(f"whole chain with {options.scaled(options.stored):,} stored", full, "complaints/s")
    results.add("growth", ratios(full, empty))


async def _fill(at: World, stored: int) -> None:
    began, filled = time.monotonic(), 0
    while filled < stored:
        lot = min(LOT, stored - filled)
        await (await at.send(lot, [0.0] * lot)).seconds()
        filled += lot
        say(f"    {filled:,} of {stored:,} stored, {time.monotonic() - began:.0f} s")


async def _spikes(at: World, options: Options, results: Results) -> None:
    seconds = options.scaled(SPIKE_SECONDS)
    starts = [n * seconds for n in range(len(SPIKES) + 1)]
    phases = zip(SPIKES, starts[:-1], strict=True)
    dues = [due for rate, start in phases for due in pace.evenly(rate * seconds, rate, start)]
    sent = await at.send(len(dues), dues)
    ended = await sent.done(PATIENCE_SECONDS)
    took = {one: ended.get(one, float("inf")) - moment for one, moment in sent.due.items()}
    late = sum(one > PATIENCE_SECONDS for one in took.values())
    results.add("spike errors", [late / len(took) * 100])
    first = min(sent.due.values())
    moments = [(moment - first, ended.get(one, float("inf")) - first) for one, moment in sent.due.items()]
    valleys = [end for (before, rate), end in zip(itertools.pairwise(SPIKES), starts[2:], strict=True) if rate < before]
    results.add("spike drained", [sum(drained(moments, end) for end in valleys) / len(valleys) * 100])


def drained(moments: Sequence[tuple[float, float]], end: float) -> bool:
    """Whether all that was due before the end of a valley was done at it. `moments`: due and done, in seconds."""
    return all(done <= end for due, done in moments if due < end - GRACE_SECONDS)
