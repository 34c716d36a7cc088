"""`make demo`: starts everything, shows six journeys, says whether all was as expected, stops what it started."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

import httpx

from deploy.local import records
from deploy.local.demo.scenes import SCENES
from deploy.local.demo.table import Check, failed, rows
from deploy.local.demo.world import World
from deploy.local.stack import Stack
from deploy.local.temporary import temporary_folder
from deploy.local.trouble import Trouble
from shared.events.notifications import NotificationAccepted


def say(line: str) -> None:
    print(line, flush=True)


async def run(plan: records.Plan, chosen: list[str]) -> list[Check]:
    """Start, load, play the chosen journeys, stop."""
    began = time.monotonic()
    async with temporary_folder("demo") as folder, Stack(folder, progress=lambda line: say(f"  {line}")) as stack:
        say(f"  all is up after {time.monotonic() - began:.1f} s")
        async with World(stack, plan, "", say).open() as world:
            checks = await play(world, chosen)
        say(f"\n  memory of the whole stack: {stack.pss_megabytes():.0f} MB (PSS)")
    say(f"  the demo took {time.monotonic() - began:.1f} s")
    return checks


async def play(world: World, chosen: list[str]) -> list[Check]:
    """The journeys one after the other. One that does not come to its end is a red line, and the others go on."""
    checks: list[Check] = []
    for number in chosen:
        scene = SCENES[number]
        say(f"\n{(scene.__doc__ or '').strip()}")
        try:
            checks += await scene(world)
        except (TimeoutError, LookupError, RuntimeError, httpx.HTTPError) as error:
            checks.append(Check(number, "came to its end", "yes", f"no: {error}"))
    return [*checks, _told_twice(world)]


def _told_twice(world: World) -> Check:
    told = [(one.event_id, one.audience, one.channel) for one in world.timeline.of(NotificationAccepted)]
    return Check("all", "deliveries made twice", "0", str(len(told) - len(set(told))))


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
    say("\nExpected against seen:")
    for line in rows(checks, colours=sys.stdout.isatty()):
        say(line)
    wrong = failed(checks)
    say(f"\n{len(checks) - len(wrong)} of {len(checks)} as expected." + (" NOT all was seen." if wrong else ""))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
