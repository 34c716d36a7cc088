"""`make bench`: all figures, or those named: `python -m benchmarks hop relay`."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable

from benchmarks import chain, hop, intake, relay
from benchmarks.stage import Stage, stage
from deploy.local.trouble import say

FIGURES: dict[str, Callable[[Stage, int, int], Awaitable[None]]] = {
    "hop": lambda at, pairs, scale: hop.measure(at, pairs, 40_000 * scale // 100, officers=5_000),
    "hop30": lambda at, pairs, scale: hop.measure(at, pairs, 20_000 * scale // 100, officers=30),
    "relay": lambda at, pairs, scale: relay.measure(at, pairs, 40_000 * scale // 100),
    "intake": lambda at, pairs, scale: intake.measure(at, pairs, 10_000 * scale // 100),
    "chain": lambda at, pairs, scale: chain.measure(at, pairs, 50 * scale // 100),
}


async def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("figures", nargs="*", choices=[*FIGURES, []], help="which (default: all)")
    parser.add_argument("--pairs", type=int, default=3, help="measurements of each side, in turn")
    parser.add_argument("--scale", type=int, default=100, help="per cent of the usual amount of work")
    options = parser.parse_args()
    async with stage() as at:
        for name in options.figures or FIGURES:
            say(f"{name} ...")
            await FIGURES[name](at, options.pairs, options.scale)


if __name__ == "__main__":
    asyncio.run(main())
