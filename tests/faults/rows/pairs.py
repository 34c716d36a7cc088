"""F22: the faults of a schedule, given at once."""

from __future__ import annotations

import asyncio
import signal
import time

from deploy.local.trouble import say
from tests.faults.fleet import SERVERS
from tests.faults.rows.servers import CUT, CUT_EVERY_SECONDS, RECOVERY_SECONDS
from tests.faults.schedule import Fault, Schedule, draw
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until


async def two_at_once(trial: Trial) -> None:
    """F22: two faults at once, by chance."""
    await give(trial, draw(trial.chance.randrange(100_000)))


async def give(trial: Trial, schedule: Schedule) -> None:
    """All its faults; then everything runs again, and there is progress."""
    say(f"  {schedule}")
    await trial.submitted(1)
    async with asyncio.TaskGroup() as group:
        for fault in schedule.faults:
            group.create_task(_give(trial, fault))
    await trial.fleet.mend()
    before = await trial.durable("evaluation")
    await trial.recovered("evaluation", before, time.monotonic(), limit=RECOVERY_SECONDS)


async def _give(trial: Trial, fault: Fault) -> None:
    fleet, target = trial.fleet, fault.target
    await asyncio.sleep(fault.after)
    await trial.strike(f"{fault.kind} {target}")
    ends = time.monotonic() + fault.lasts
    match fault.kind:
        case "kill":
            await fleet.kill(target)
        case "restart":
            await fleet.stop(target)
        case "sleep":
            fleet.send(target, signal.SIGSTOP)
        case "stop at once":
            fleet.send(target, signal.SIGQUIT)
            await until(lambda: fleet.pid(target) is None, PATIENCE_SECONDS)
        case "cut":
            while time.monotonic() < ends:
                await trial.value(target, CUT)
                await asyncio.sleep(CUT_EVERY_SECONDS)
    await asyncio.sleep(ends - time.monotonic())
    await _end(trial, fault)


async def _end(trial: Trial, fault: Fault) -> None:
    """It runs again; a service need not be ready yet, since the other fault may still last."""
    if fault.kind == "sleep":
        trial.fleet.send(fault.target, signal.SIGCONT)
    elif trial.fleet.pid(fault.target) is None:
        start = trial.fleet.start if fault.target in SERVERS else trial.fleet.launch
        await start(fault.target)
