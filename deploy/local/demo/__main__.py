"""`make demo`: starts everything, shows eight journeys, says whether all was as expected, stops what it started."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from deploy.local import records
from deploy.local.demo.play import judged, play, say
from deploy.local.demo.scenes import SCENES
from deploy.local.demo.table import Check
from deploy.local.demo.world import World
from deploy.local.temporary import temporary_stack
from deploy.local.trouble import Trouble


async def run(plan: records.Plan, chosen: list[str]) -> list[Check]:
    """Start, load, play the chosen journeys, stop."""
    began = time.monotonic()
    async with temporary_stack("demo", progress=lambda line: say(f"  {line}")) as stack:
        say(f"  all is up after {time.monotonic() - began:.1f} s")
        async with World(stack, plan, "", say).open() as world:
            checks = await play(world, chosen)
        say(f"\n  memory of the whole stack: {stack.pss_megabytes():.0f} MB (PSS)")
    say(f"  the demo took {time.monotonic() - began:.1f} s")
    return checks


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, default=records.PLAN, help="another year of work")
    parser.add_argument("--only", nargs="+", choices=SCENES, default=list(SCENES), help="some of the journeys")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    try:
        checks = asyncio.run(run(records.read(options.plan), options.only))
    except (Trouble, TimeoutError) as trouble:
        say(f"demo: {trouble}")
        return 1
    return 0 if judged(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
