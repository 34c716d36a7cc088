"""Submissions by both doors while everything is stopped and started, and killed and started; then the audit.

`python -m tests.faults.restarts --submissions 200 --seconds 60` on a data folder of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import signal
import sys
import time
from pathlib import Path

from deploy.local import district
from deploy.local.detached import Detached
from deploy.local.process import Records
from deploy.local.temporary import temporary_folder
from deploy.local.trouble import say
from tests.faults import audit, clients
from tests.faults.audit import Evidence, Topics
from tests.faults.clients import Submission


async def main(submissions: int, seconds: float, seed: int) -> int:
    """Run it; gives the exit code."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a hundred lines for each second without a broker
    async with temporary_folder("restarts") as folder:
        detached = Detached(folder)
        await up(detached)
        try:
            made = await under_restarts(detached, submissions, seconds, seed)
            async with audit.when_quiet(detached.stack()) as at:
                wrong = await audit.audit(detached.stack(), Evidence(at, Topics(), made))
        finally:
            await detached.down()
    for line in wrong[:20]:
        say(f"WRONG: {line}")
    say(f"{submissions} submissions, {len(wrong)} contradictions")
    return 1 if wrong else 0


async def up(detached: Detached) -> None:
    """`make up` on the folder."""
    await detached.up((sys.executable, "-m", "tests.faults.restarts", "--serve", str(detached.folder)))


async def under_restarts(detached: Detached, submissions: int, seconds: float, seed: int) -> list[Submission]:
    """The load; in its first third a stop and start, in its second a SIGKILL of everything."""
    stack, chance = detached.stack(), random.Random(seed)
    await district.load(stack.kafka, district.read())
    load = clients.plan(submissions, seconds)
    say(f"seed {seed}: {submissions} submissions in {seconds:.0f} s")
    running = asyncio.create_task(load.run(stack))
    await asyncio.sleep(seconds * chance.uniform(0.2, 0.35))
    say("down and up")
    await detached.down()
    await up(detached)
    await asyncio.sleep(seconds * chance.uniform(0.2, 0.35))
    say("SIGKILL of everything, and up")
    await kill_everything(detached)
    await up(detached)
    await running
    return load.submissions


async def kill_everything(detached: Detached) -> None:
    """SIGKILL the supervisor, the servers and the services, all by their recorded ids."""
    records = Records(detached.folder / "run").alive()
    for record in records:
        record.send(signal.SIGKILL)
    for record in records:
        assert await record.gone(10), f"{record.name} outlives SIGKILL"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        sys.exit(asyncio.run(Detached(options.serve).run()))
    sys.exit(asyncio.run(main(options.submissions, options.seconds, options.seed)))
