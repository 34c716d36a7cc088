"""F4 and F5: the broker and the database, killed, put to sleep, stopped, and their connections cut."""

from __future__ import annotations

import asyncio
import signal
import time

from aiokafka.errors import KafkaError

from deploy.local import wire
from tests.faults.fleet import FIRST_ID, FURTHER, FURTHER_ID
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

CUT = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND random() < 0.5"""
CUTS, CUT_EVERY_SECONDS = 10, 0.3
WINDOW_SECONDS = 3.0
RECOVERY = 0.95
RECOVERY_SECONDS = 20.0
ASLEEP_SECONDS = 7.0, 9.0
"""A session of the rows lasts 6 s."""
ALONE_SECONDS = 0.5, 1.0
"""Who sleeps past the 2 s of a broker's session has no copy that counts when it wakes, and can't lead."""
FILED = "SELECT count(*) FROM complaint"
OUTBOX = "SELECT max(id) FROM outbox"


async def restart_the_database(trial: Trial) -> None:
    """F5: an immediate stop under load, then a loop of terminated backends; after each the old rate comes back."""
    await trial.submitted(200)
    rate = await _rate(trial)
    await trial.strike("immediate stop of PostgreSQL")
    trial.fleet.send("postgres", signal.SIGQUIT)
    await until(lambda: trial.fleet.pid("postgres") is None, PATIENCE_SECONDS)
    await trial.fleet.start("postgres")
    await _recovers(trial, rate)
    await trial.strike("backends terminated, again and again")
    for _ in range(CUTS):
        await trial.value("postgres", CUT)
        await asyncio.sleep(CUT_EVERY_SECONDS)
    await _recovers(trial, rate)


async def kill_the_broker(trial: Trial) -> None:
    """F4: SIGKILL of the broker: HTTP intake goes on, the outbox grows, and drains when the broker is back."""
    await trial.submitted(200)
    await trial.strike("SIGKILL of the broker")
    await trial.fleet.kill("kafka")
    await _comes_back(trial)


async def stop_and_restart_the_broker(trial: Trial) -> None:
    """F4S: the broker sleeps past every session and wakes; then it is stopped in order, and started."""
    await trial.submitted(200)
    await trial.strike("SIGSTOP of the broker")
    trial.fleet.send("kafka", signal.SIGSTOP)
    asleep = time.monotonic() + trial.chance.uniform(*ASLEEP_SECONDS)
    await _intake_goes_on(trial)
    await asyncio.sleep(max(0.0, asleep - time.monotonic()))
    before = await trial.durable("evaluation")
    trial.fleet.send("kafka", signal.SIGCONT)
    await trial.recovered("evaluation", before, time.monotonic(), limit=RECOVERY_SECONDS)
    await trial.strike("the broker stopped in order")
    await trial.fleet.stop("kafka")
    await _comes_back(trial)


async def lose_a_leader(trial: Trial) -> None:
    """F4L: of two brokers one leads, takes records while the other sleeps, and is killed; the other has to lead."""
    await trial.submitted(200)
    await trial.fleet.anew("kafka")  # who comes back leads nothing for minutes
    await until(lambda: _leads(trial, FURTHER_ID, copies=2), PATIENCE_SECONDS)
    await trial.strike("SIGSTOP of the broker that has copies")
    trial.fleet.send("kafka", signal.SIGSTOP)
    await asyncio.sleep(trial.chance.uniform(*ALONE_SECONDS))
    await trial.strike("SIGKILL of the one that leads")
    await trial.fleet.kill(FURTHER)
    before = await trial.durable("evaluation")
    trial.fleet.send("kafka", signal.SIGCONT)
    await trial.recovered("evaluation", before, time.monotonic(), limit=RECOVERY_SECONDS)
    await until(lambda: _leads(trial, FIRST_ID, copies=1), PATIENCE_SECONDS)
    await trial.fleet.start(FURTHER)


async def _leads(trial: Trial, node: int, copies: int) -> bool:
    """Whether a broker leads all that is copied, and so many copies of it are in sync."""
    try:
        async with wire.brokers(trial.fleet.stack.kafka).admin() as admin:
            topics = await admin.describe_topics()
    except KafkaError:  # it asked the one that is dead
        return False
    copied = [at for topic in topics for at in topic["partitions"] if len(at["replicas"]) > 1]
    return bool(copied) and {(at["leader"], len(at["isr"])) for at in copied} == {(node, copies)}


async def _comes_back(trial: Trial) -> None:
    """The broker is started again once intake was seen to go on without it."""
    await _intake_goes_on(trial)
    before = await trial.durable("evaluation")
    await trial.fleet.start("kafka")
    await trial.recovered("evaluation", before, time.monotonic(), limit=RECOVERY_SECONDS)


async def _intake_goes_on(trial: Trial) -> None:
    """While the broker is away complaints are filed over HTTP, and what is told of them stays in the outbox."""
    filed, told = await trial.value("complaints", FILED), await trial.value("complaints", OUTBOX)
    await trial.submitted(len(trial.load.submissions) + 150)
    grown = await trial.value("complaints", OUTBOX) - told
    trial.expect(
        await trial.value("complaints", FILED) > filed, "HTTP intake took nothing in while the broker was away"
    )
    trial.expect(grown > 0, "the outbox did not grow while the broker was away")


async def _rate(trial: Trial) -> float:
    """Complaints a second that come to the end of the chain."""
    before, began = await trial.done(), time.monotonic()
    await asyncio.sleep(WINDOW_SECONDS)
    return (await trial.done() - before) / (time.monotonic() - began)


async def _recovers(trial: Trial, rate: float) -> None:
    """Until the chain's rate is what it was."""
    began = time.monotonic()
    while (now := await _rate(trial)) < RECOVERY * rate:
        if time.monotonic() - began > RECOVERY_SECONDS:
            trial.wrong.append(f"the rate is {now:.0f} a second, and was {rate:.0f} before")
            return
    trial.gaps.append(max(0.0, time.monotonic() - began - WINDOW_SECONDS))
