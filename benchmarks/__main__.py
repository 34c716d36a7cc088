"""`make bench`: what the system carries, beside the same work by hand; all parts, or those named.

The default run is cut for 20 minutes on two idle cores. Longer, on request: `--stored 100000` about as many
seconds as stored complaints / what the chain carries a second, `--hold 600` 20 minutes a pair, the part `soak` as long
as its `--soak` says.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from benchmarks import counting, held, hop, idle, intake, latency, page, relay
from benchmarks.chain import growth, load, replicas, soak
from benchmarks.options import Options
from benchmarks.results import FILE, Results
from benchmarks.stage import Stage, stage
from deploy.local import interrupt
from deploy.local.program import ROOT
from deploy.local.trouble import say

Part = Callable[[Stage, Options, Results], Awaitable[None]]
PARTS: Mapping[str, Part] = {
    "hop": hop.measure,
    "hop30": hop.measure_small,
    "peers": hop.measure_peers,
    "relay": relay.measure,
    "intake": intake.measure,
    "latency": latency.measure,
    "held": held.measure,
    "idle": idle.measure,
    "chain": load.measure,
    "growth": growth.measure,
    "replicas": replicas.measure,
    "counters": counting.measure,
}
LONG: Mapping[str, Part] = {"soak": soak.measure}
"""Only when they are named."""


async def run(names: list[str], options: Options, results: Results) -> None:
    """The parts in their order; what was found is written after each, so that an interrupted run is not for nothing."""
    async with stage() as at:
        for name, part in {**PARTS, **LONG}.items():
            if name in names:
                began = time.monotonic()
                say(f"{name} ...")
                await part(at, options, results)
                say(f"    {time.monotonic() - began:.0f} s")
                results.write()


def count(given: str) -> int:
    """A whole number on the command line. Raises ArgumentTypeError for 0, and what is none."""
    if not given.isdecimal() or int(given) < 1:
        raise argparse.ArgumentTypeError(f"{given} is no whole number from 1 on")
    return int(given)


def asked(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    usual = Options()
    names = [*PARTS, *LONG]
    parser = argparse.ArgumentParser("make bench", usage=argparse.SUPPRESS, description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {' '.join(names)} (default: all but soak)")
    parser.add_argument("--pairs", type=count, default=usual.pairs, help="measurements of each side, in turn")
    parser.add_argument("--scale", type=count, default=usual.scale, help="per cent of the usual amount of work")
    parser.add_argument("--stored", type=count, default=usual.stored, help="complaints stored for `growth`")
    parser.add_argument("--hold", type=count, default=usual.hold_seconds, help="seconds of `held`")
    parser.add_argument("--soak", type=count, default=usual.soak_minutes, help="minutes of `soak`")
    parser.add_argument("--page", action="store_true", help="write docs/performance.md and its plot, too")
    parser.add_argument("--accept", action="store_true", help="what `counters` finds is the baseline from now on")
    given = parser.parse_args(words)
    if unknown := set(given.parts) - set(names):
        parser.error(f"no part {' '.join(sorted(unknown))}: choose from {' '.join(names)}")
    return given


def main() -> None:
    given = asked()
    options = Options(given.pairs, given.scale, given.stored, given.hold, given.soak, given.accept)
    results = Results()
    interrupt.run(run(given.parts or list(PARTS), options, results))
    say("\n" + "\n".join(results.table()))
    say(f"\nAll of it: {FILE.relative_to(ROOT)}")
    if given.page:
        page.write(results)


if __name__ == "__main__":
    main()
