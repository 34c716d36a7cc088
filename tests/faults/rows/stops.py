"""F2 and F3: SIGSTOP of a process in the middle of its work, past its session or its lease, and SIGCONT."""

from __future__ import annotations

import signal
import time

from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

OTHER = "evaluation-1"
OWNER = "SELECT owner FROM relay"
APPLIED = "SELECT sum(turn) FROM seen"
SESSION_SECONDS = 6.0
TAKEN_OVER_SECONDS = 40.0
"""The session, then at most the 15 s after which the server lets go what a sleeper has locked."""


async def stop_a_consumer(trial: Trial) -> None:
    """F2: a member sleeps past its session, in a batch or just behind one; the other takes its partitions."""
    point = trial.chance.choice(("before_commit", "after_commit"))
    await _arm(trial, point, trial.chance.randint(20, 40))
    await trial.fleet.start(OTHER, env={"SALOR_ROLES": "events"})
    stopped_at = await _stopped(trial, point)
    applied = await trial.value("evaluation", APPLIED)

    async def taken_over() -> bool:
        past = time.monotonic() - stopped_at > SESSION_SECONDS + 1
        return past and bool(await trial.value("evaluation", APPLIED) > applied)

    await until(taken_over, TAKEN_OVER_SECONDS)
    await _wakes(trial)
    await trial.fleet.stop(OTHER)


async def stop_a_relay(trial: Trial) -> None:
    """F3: the owner of the lease sleeps with a lot half sent; another sends on; the first wakes."""
    await _arm(trial, "before_send", trial.chance.randint(10, 30))

    async def relays() -> bool:
        return await trial.value("evaluation", OWNER) is not None

    await until(relays, PATIENCE_SECONDS)
    owner = await trial.value("evaluation", OWNER)
    await trial.fleet.start(OTHER, env={"SALOR_ROLES": "relay"})
    await _stopped(trial, "before_send")

    async def taken_over() -> bool:
        return bool(await trial.value("evaluation", OWNER) not in (owner, None))

    await until(taken_over, PATIENCE_SECONDS)
    await trial.submitted(len(trial.load.submissions) + 150)  # so that the other has sent of its own
    await _wakes(trial)
    await trial.fleet.stop(OTHER)


async def _arm(trial: Trial, point: str, nth: int) -> None:
    """Evaluation anew, first in its group and owner of its lease, with a SIGSTOP waiting for it."""
    await trial.fleet.stop("evaluation")
    await trial.fleet.start("evaluation", "tests.faults.crashing", "evaluation", point, str(nth), "SIGSTOP")


async def _stopped(trial: Trial, point: str) -> float:
    """When the SIGSTOP fell, under the load."""
    await trial.submitted(1)
    await until(lambda: trial.fleet.is_stopped("evaluation"), PATIENCE_SECONDS)
    await trial.strike(f"evaluation stopped {point.replace('_', ' ')}")
    return time.monotonic()


async def _wakes(trial: Trial) -> None:
    before = await trial.durable("evaluation")
    trial.fleet.send("evaluation", signal.SIGCONT)
    await trial.recovered("evaluation", before, time.monotonic())
