"""One lock order for all doors: events, commands and timers over a few names, at once, never deadlock."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from shared.messaging.timers import Clockwork, schedule
from shared.messaging.tx import Tx
from shared.policy import Policies
from tests.shared.messaging.commands import Office
from tests.shared.messaging.play import Happened, record
from tests.shared.messaging.test_timers import Bells
from tests.shared.messaging.world import World, done
from tests.until import until

DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
OTHERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'salor-replica'"""
NAMES, KEYS, ROUNDS = "EFGH", "abcdef", 12


async def test_no_two_doors_ever_wait_for_each_other(world: World) -> None:
    """Weaker: one door that locks a stream, a timer or a key before its names, or names in an order of its own."""
    before = await world.look.fetchval(DEADLOCKS)
    choose = random.Random(4)
    replicas = [await world.replica(size=6) for _ in range(2)]
    offices = [await Office.open(world) for _ in range(2)]
    bells = [Clockwork(replica.runner, Bells(world.play).timers) for replica in replicas]
    for n in range(1, ROUNDS + 1):
        await _schedule(world, NAMES)
        doors: list[Any] = [replica.settle(_events(choose, n)) for replica in replicas]
        doors += [replica.sweep() for replica in replicas]
        doors += [office.settle(*_orders(choose, office, n)) for office in offices]
        doors += [clockwork.fire(datetime.now(UTC)) for clockwork in bells]
        choose.shuffle(doors)
        await done(*(world.start(door) for door in doors))
    for pool in {*(replica.pool for replica in replicas), *(office.requests.runner.pool for office in offices)}:
        await pool.close()  # a backend reports its numbers at the latest when it ends
    await until(lambda: _are_gone(world))
    assert await world.look.fetchval(DEADLOCKS) == before


def _events(choose: random.Random, n: int) -> list[Any]:
    """The nth event of each key, about some names, telling some streams, in any order."""
    events = [
        Happened(
            subject=key,
            label=f"{key}{n}",
            names=tuple(choose.sample(NAMES, 2)),
            tells=tuple(choose.sample(("s", "t", "u"), 2)),
        )
        for key in KEYS
    ]
    return [record(event, n) for event in choose.sample(events, len(events))]


def _orders(choose: random.Random, office: Office, n: int) -> list[Any]:
    return [office.call(f"o{n}{name}", name=name) for name in choose.sample(NAMES, 3)]


async def _schedule(world: World, subjects: str) -> None:
    async with world.look.acquire() as connection:
        tx = Tx(connection, datetime.now(UTC), world.settings, Policies({}))
        await schedule(tx, "ring", [(subject, datetime.now(UTC)) for subject in subjects])


async def _are_gone(world: World) -> bool:
    return bool(await world.look.fetchval(OTHERS) == 0)
