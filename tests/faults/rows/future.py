"""F18: a sender is upgraded before those who listen to it."""

from __future__ import annotations

import asyncio
import time

from shared.events.complaints import COMPLAINTS
from tests.faults import newer
from tests.faults.audit.evidence import ALL
from tests.faults.newer import ComplaintWeighed
from tests.faults.operator import salor
from tests.faults.scraped import scrape
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

SENDER = newer.SENDER
LISTENERS = tuple(name for name, service in ALL.items() if COMPLAINTS in service.listens.topics)
MODULE = "tests.faults.newer"
LEAST = 8
"""Events of the next major that wait in each listener, at least."""
WHY = "unknown major"
PARKED = "SELECT count(*) FROM parked WHERE stream = $1 AND reason = 'failed' AND right(key, 2) < $2 AND detail = $3"
TOLD = "SELECT count(*) FROM stream WHERE stream = $1 AND right(key, 2) < $2"
APPLIED = "SELECT count(*) FROM seen WHERE stream = $1 AND right(key, 2) < $2 AND sequence > 0"
KEYS = (COMPLAINTS.name, newer.OF_THE_NEXT)
REASON = "a test of upgrades"


async def an_upgraded_sender(trial: Trial) -> None:
    """F18: new fields are ignored, new types counted, the next major parked; replayed when its listeners know it."""
    await trial.fleet.anew(SENDER, MODULE, SENDER)
    await trial.submitted(150)
    await trial.strike("events from the future")
    for name in LISTENERS:
        await _wait_in(trial, name)
    await trial.submitted(500)
    await trial.strike(f"an upgrade of {' and '.join(LISTENERS)}")
    await asyncio.gather(*(_upgrade(trial, name) for name in LISTENERS))
    await trial.fleet.anew(SENDER)
    for name in LISTENERS:
        await _known_to(trial, name)
        await trial.fleet.anew(name)


async def _wait_in(trial: Trial, name: str) -> None:
    """Until some of the next major are parked, as an operator sees them, and new types counted."""

    async def parked() -> bool:
        return bool(await trial.value(name, PARKED, *KEYS, WHY) >= LEAST)

    await until(parked, PATIENCE_SECONDS)
    code, said = await salor(trial.fleet.stack, "parked", name, "--reason", "failed", "--stream", COMPLAINTS.name)
    trial.expect(code == 0 and said.count(WHY) >= LEAST, f"salor parked {name}: {said}")
    counted = await scrape(trial, name, "salor_unknown_types_total", type=ComplaintWeighed.type)
    trial.expect(counted > 0, f"{name} counted {counted} events of an unknown type")


async def _upgrade(trial: Trial, name: str) -> None:
    """The later release, and what waited for it."""
    await trial.fleet.anew(name, MODULE, name)
    before, began = await trial.durable(name), time.monotonic()
    await trial.recovered(name, before, began)
    await trial.operator("replay", name, COMPLAINTS.name, "--all", "--why", WHY, "--reason", REASON)


async def _known_to(trial: Trial, name: str) -> None:
    """Until all that the sender told in the next major has taken effect."""

    async def known() -> bool:
        told, applied = await trial.value(SENDER, TOLD, *KEYS), await trial.value(name, APPLIED, *KEYS)
        return bool(told == applied) and not await trial.value(name, PARKED, *KEYS, WHY)

    await until(known, PATIENCE_SECONDS)
