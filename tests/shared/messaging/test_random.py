"""Random runs against a sequential oracle: zombies, duplicates, inversions, losses, poison, restarts, dropped backends.

`SALOR_SEEDS=100` runs as many seeds, `SALOR_SEED=17` that one.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from shared.messaging import failures
from shared.messaging.record import Record
from tests.shared.messaging.history import History, Oracle, logs, make, per_key
from tests.shared.messaging.play import HISTORY, STATES
from tests.shared.messaging.proxy import Proxy
from tests.shared.messaging.seeds import SEEDS
from tests.shared.messaging.world import Replica, World, done

POSITION = "SELECT coalesce(min(next_offset), 0) FROM position WHERE partition = $1"
SEEN = "SELECT stream, key, sequence FROM seen WHERE sequence > 0"
DEAD = "SELECT convert_from(value, 'UTF8')::json->>'label' AS label FROM dead_letter ORDER BY 1"
DROP = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'salor-replica' AND state <> 'idle'
ORDER BY random() LIMIT 1"""


@pytest.mark.parametrize("seed", SEEDS)
async def test_any_run_of_a_history_ends_in_the_tables_of_the_oracle(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "WAIT_SECONDS", (0.002, 0.02))
    choose = random.Random(seed)
    history = make(choose)
    world.play.poison = history.poison
    written = logs(choose, history)
    async with Proxy(world.url) as proxy:
        owner, zombie = await world.replica(), await world.replica(url=proxy.url)
        chaos = world.start(_chaos(world, proxy, choose))
        sweepers = [world.start(each.sweeper.run()) for each in (owner, zombie)]
        readers = [_restarting(each, log, choose) for each in (owner, zombie) for log in written]
        await done(*(world.start(reader) for reader in readers))
        for task in (chaos, *sweepers):
            task.cancel()
        await asyncio.gather(chaos, *sweepers, return_exceptions=True)
        zombie.pool.terminate()
    await _come_to_rest(world, owner, written)
    await _compare(world, history)


async def _restarting(replica: Replica, log: list[Record], choose: random.Random) -> None:
    """Read a partition in batches of any size; now and then cut off, and go on from the database's position."""
    at = 0
    while at < len(log):
        lot = log[at : at + choose.randrange(1, 9)]
        batch = asyncio.create_task(replica.settle(lot))
        if choose.random() < 0.15:
            await asyncio.wait([batch], timeout=choose.random() * 0.02)
            batch.cancel()
            await asyncio.wait([batch])
            at = await _position(replica, log[0])
        else:
            await batch
            at += len(lot)


async def _position(replica: Replica, record: Record) -> int:
    """Where the last commit left this partition."""
    found: list[int] = []

    async def look() -> None:
        found.append(await replica.pool.fetchval(POSITION, record.partition))

    await failures.patiently(look)
    return found[-1]


async def _chaos(world: World, proxy: Proxy, choose: random.Random) -> None:
    """Drop a backend in the middle of something, lose the answer to a COMMIT, again and again.

    Not for ever: on a busy machine, where each transaction takes longer than that, nothing would ever be done.
    """
    for _ in range(300):
        await world.look.fetch(DROP)
        proxy.lose = choose.randrange(2)
        await asyncio.sleep(choose.random() * 0.03)


async def _come_to_rest(world: World, owner: Replica, written: list[list[Record]]) -> None:
    """Everything once more (it must change nothing), and sweeps until nothing moves."""
    for log in written:
        await owner.settle(log)
    before: object = None
    while before != (before := (await world.parked(), await owner.pool.fetch(SEEN))):
        await owner.sweep()


async def _compare(world: World, history: History) -> None:
    oracle = Oracle(history).run()
    seen = {(row["stream"], row["key"]): row["sequence"] for row in await world.look.fetch(SEEN)}
    assert seen == {place: sequence for place, sequence in oracle.seen.items() if sequence}
    assert sorted(await world.parked()) == oracle.parked
    assert {row["name"] for row in await world.look.fetch("SELECT name FROM fact")} == oracle.facts
    assert [row["label"] for row in await world.look.fetch(DEAD)] == oracle.dead
    await _compare_trails(world, oracle)
    await _compare_told(world, oracle)


async def _compare_trails(world: World, oracle: Oracle) -> None:
    trails = {row["name"]: row["labels"] for row in await world.look.fetch("SELECT name, labels FROM trail")}
    for (stream, key), sequence in oracle.seen.items():
        if stream == STATES.name and sequence:
            labels = trails.pop(f"{stream} {key}")
            assert labels == sorted(set(labels)), "a state only rises"
            assert labels[-1] == f"{key}{sequence}"
    assert {name: per_key(labels) for name, labels in trails.items()} == {
        name: per_key(labels) for name, labels in oracle.trails.items()
    }
    assert all(trails[name] == labels for name, labels in oracle.trails.items() if name.startswith(HISTORY.name))


async def _compare_told(world: World, oracle: Oracle) -> None:
    echoes = await world.echoes()
    assert Counter((key, label) for key, _, label in echoes) == oracle.told
    for subject in {key for key, _, _ in echoes}:
        told = [(sequence, label) for key, sequence, label in echoes if key == subject]
        assert [sequence for sequence, _ in told] == list(range(1, len(told) + 1)), "in the order of the outbox"
        if subject != "letters":
            assert per_key([label for _, label in told]) == per_key(sorted(label for _, label in told))
    ids = await world.look.fetch("SELECT event_id FROM outbox")
    assert len({row["event_id"] for row in ids}) == len(ids)
