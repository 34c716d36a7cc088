"""The property of cuttings: any cutting of one history into batches leaves the same tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.messaging.record import Record
from tests.shared.messaging.history import make
from tests.shared.messaging.seeds import SEEDS
from tests.shared.messaging.world import World

TABLES = {
    "trail": "SELECT name, labels FROM trail ORDER BY name",
    "fact": "SELECT name FROM fact ORDER BY name",
    "seen": "SELECT stream, key, sequence, event_id FROM seen ORDER BY stream, key",
    "stream": "SELECT stream, key, sequence FROM stream ORDER BY stream, key",
    "outbox": """SELECT topic, key, sequence, event_id, type, correlation_id, causation_id, payload
        FROM outbox ORDER BY topic, key, id""",
    "parked": "SELECT stream, key, sequence, event_id, reason FROM parked",
    "dead_letter": "SELECT record_offset FROM dead_letter",
    "position": "SELECT topic, partition, next_offset FROM position ORDER BY topic, partition",
}


async def _tables_of(world: World, log: Sequence[Record], cuts: Sequence[int]) -> dict[str, Any]:
    await world.empty()
    replica = await world.replica(size=1)
    for start, end in zip([0, *cuts], [*cuts, len(log)], strict=True):
        if end > start:
            await replica.settle(log[start:end])
    replica.pool.terminate()
    return {name: [tuple(row) for row in await world.look.fetch(sql)] for name, sql in TABLES.items()}


@given(history=st.randoms(use_true_random=False), cuts=st.sets(st.integers(1, 60), max_size=12))
@settings(
    max_examples=3 * len(SEEDS),
    deadline=None,
    suppress_health_check=[*HealthCheck],
    phases=[Phase.generate, Phase.shrink],
)
async def test_any_cutting_of_a_history_leaves_the_same_tables(
    world: World, history: random.Random, cuts: set[int]
) -> None:
    """Domain, `seen`, streams, the outbox in the order of each key with its derived ids, positions."""
    log = _in_order(history)
    expected = await _tables_of(world, log, range(1, len(log)))
    assert expected["parked"] == []
    assert expected["outbox"]
    found = await _tables_of(world, log, sorted(cut for cut in cuts if cut < len(log)))
    for name in TABLES:
        assert found[name] == expected[name], name


def _in_order(choose: random.Random) -> list[Record]:
    """One partition's log in which nothing is lost, doubled or inverted."""
    history = make(choose, trouble=False)
    waiting = {key: list(records) for key, records in history.records().items()}
    log: list[Record] = []
    while waiting:
        key = choose.choice(sorted(waiting))
        log.append(waiting[key].pop(0))
        waiting = {key: records for key, records in waiting.items() if records}
    return log
