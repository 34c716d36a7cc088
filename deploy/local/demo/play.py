"""Journeys played one after the other on a running topology, and what came of them as a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import httpx

from deploy.local.demo.scenes import SCENES
from deploy.local.demo.table import Check, failed, rows
from deploy.local.demo.world import World
from shared.events.notifications import NotificationAccepted


def say(line: str) -> None:
    """Print at once, also where the output is a pipe."""
    print(line, flush=True)


async def play(world: World, chosen: Sequence[str]) -> list[Check]:
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


def judged(checks: list[Check]) -> bool:
    """Print expected against seen; gives whether all was seen as expected."""
    say("\nExpected against seen:")
    for line in rows(checks, colours=sys.stdout.isatty()):
        say(line)
    wrong = failed(checks)
    say(f"\n{len(checks) - len(wrong)} of {len(checks)} as expected." + (" NOT all was seen." if wrong else ""))
    return not wrong
