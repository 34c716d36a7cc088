"""F17: a rolling restart of everything under load, with two replicas of each service."""

from __future__ import annotations

import asyncio

from deploy.local.stack import SERVICES
from deploy.local.trouble import say
from tests.faults.rows.scale import progress
from tests.faults.trial import Trial

SECOND = {service: f"{service}-1" for service in SERVICES}
STEADY = 25
"""Submissions between two restarts, as an orchestrator waits a moment before it goes on."""


async def restart_everything(trial: Trial) -> None:
    """F17: a second replica of each service; then each of the eight ends and starts, one after the other."""
    fleet, load = trial.fleet, trial.load
    await trial.submitted(1)
    await asyncio.gather(*(fleet.start(name) for name in SECOND.values()))
    load.replicas.append(fleet.http(SECOND["complaints"]))
    async with progress(trial):
        for service in trial.chance.sample(SERVICES, len(SERVICES)):
            for name in (service, SECOND[service]):
                await trial.strike(f"restart of {name}")
                await fleet.stop(name)
                await fleet.start(name)
                await trial.submitted(len(load.submissions) + STEADY)
    load.replicas.clear()
    await asyncio.gather(*(fleet.stop(name) for name in SECOND.values()))
    trial.expect_answers()
    say(f"  clients were put off {load.put_off} times, and had no connection {load.refused} times")
