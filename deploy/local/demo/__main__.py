"""`make demo`: starts everything, shows eight journeys, says whether all was as expected, stops what it started."""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from deploy.local import interrupt, records
from deploy.local.demo.play import judged, play, say
from deploy.local.demo.scenes import SCENES
from deploy.local.demo.table import Check
from deploy.local.demo.world import World
from deploy.local.stack import SERVICES
from deploy.local.temporary import temporary_stack
from deploy.local.trouble import Trouble


async def run(plan: records.Plan, chosen: list[str], prefix: str = "", **servers: Any) -> list[Check]:
    """Start, load, play the chosen journeys, stop. `servers` run already, and its topics there have a prefix."""
    began = time.monotonic()
    async with temporary_stack("demo", prefix, progress=lambda line: say(f"  {line}"), **servers) as stack:
        say(f"  all is up after {time.monotonic() - began:.1f} s")
        async with World(stack, plan, prefix, say).open() as world:
            checks = await play(world, chosen)
        say(f"\n  memory of the whole stack: {stack.pss_megabytes():.0f} MB (PSS)")
    say(f"  the demo took {time.monotonic() - began:.1f} s")
    return checks


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, default=records.PLAN, help="another year of work")
    parser.add_argument("--only", nargs="+", choices=SCENES, default=list(SCENES), help="some of the journeys")
    parser.add_argument("--kafka", metavar="HOST:PORT", help="a broker that runs already, in place of one of its own")
    pair, each = partial(str.split, sep="=", maxsplit=1), "SERVICE=ADDRESS"
    parser.add_argument("--databases", nargs="+", type=pair, metavar=each, help="empty ones of a server that runs")
    parser.add_argument("--prefix", default="", help="what the names of its topics begin with there")
    return parser.parse_args()


def databases(named: list[list[str]] | None) -> dict[str, str] | None:
    """The address of each service's database, where they are named. Raises Trouble where one is missing."""
    if named is None:
        return None
    if sorted(each[0] for each in named) != sorted(SERVICES) or not all(len(each) > 1 for each in named):
        raise Trouble(f"--databases takes SERVICE=ADDRESS once for each of: {', '.join(SERVICES)}")
    return {each[0]: each[1] for each in named}


def main() -> int:
    options = arguments()
    try:
        servers = {"kafka": options.kafka, "databases": databases(options.databases)}
        checks = interrupt.run(run(records.read(options.plan), options.only, options.prefix, **servers))
    except (Trouble, TimeoutError) as trouble:
        say(f"demo: {trouble}")
        return 1
    return 0 if judged(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
