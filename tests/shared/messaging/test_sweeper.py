"""The sweeper: bounded, fair, and quick where very much is parked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from shared.messaging import errands, ready, sweeper
from shared.messaging.errands import Errand
from shared.messaging.ready import PAGE
from shared.messaging.tx import Cause, Tx
from tests.shared.messaging.play import happened, several
from tests.shared.messaging.world import World
from tests.until import until

FILL = """INSERT INTO parked (stream, key, sequence, event_id, reason, fact_stream, fact_key, fact_turn,
    topic, partition, record_offset, header_names, header_values, value)
SELECT 'history.v1', 'key' || k, n, k || '-' || n, $3, 'history.v1', 'fact' || k % 100, 0,
    'history.v1', 0, 0, '{}', '{}', repeat('x', 200)::bytea
FROM generate_series(1, $1::int) AS k, generate_series($4::int, $4::int + $2::int - 1) AS n"""
SEEN = "INSERT INTO seen (stream, key, sequence) SELECT 'history.v1', 'key' || k, 1 FROM generate_series(1, $1) AS k"
EXPLAIN = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {PAGE}"
STUBBORN = """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'not this one'; END $$;
CREATE TRIGGER stubborn BEFORE UPDATE OR DELETE ON parked FOR EACH ROW WHEN (old.key = 'a') EXECUTE FUNCTION refuse()"""
MEEK = "DROP TRIGGER stubborn ON parked; DROP FUNCTION refuse"


@pytest.mark.parametrize(
    ("keys", "rows", "reason", "first", "most"),
    [(100, 1000, "gap", 3, 3_000), (50_000, 2, "gap", 3, 16_000), (100_000, 1, "waiting", 2, 25_000)],
    ids=["long tails", "many keys", "many that wait"],
)
async def test_a_look_at_100_000_parked_messages_reads_only_its_page(
    world: World, keys: int, rows: int, reason: str, first: int, most: int
) -> None:
    """Weaker: all of them joined with all that was seen, after each batch: 100 ms to 2 s."""
    await world.look.execute("ANALYZE parked, seen")  # still empty: what the planner then believes is wrong
    await world.look.execute(FILL, keys, rows, reason, first)
    await world.look.execute(SEEN, keys)
    answer = await world.look.fetchval(EXPLAIN, 1000, "", "", [])
    plan = json.loads(answer)[0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < most, "about 15 blocks a key"


@pytest.mark.parametrize("known", [False, True], ids=["never analysed", "analysed before"])
async def test_a_look_is_as_quick_where_the_statistics_say_that_nothing_is_parked(world: World, known: bool) -> None:
    """Weaker: an analyze in the middle of a burst counts no row, and each key goes through its whole stream.

    Or, where the columns' statistics of another day are left, each step from key to key sorts all that is behind it.
    """
    async with world.look.acquire() as filling, world.look.acquire() as other:
        if known:
            await other.execute(FILL, 50_000, 2, "gap", 3)
            await other.execute("ANALYZE parked")
            await other.execute("DELETE FROM parked")
            await other.execute("VACUUM parked")
        async with filling.transaction():
            await filling.execute(FILL, 50_000, 2, "gap", 3)
            await filling.execute(SEEN, 50_000)
            await other.execute("VACUUM (ANALYZE) parked")
            await other.execute("VACUUM (ANALYZE) seen")
        answer = await other.fetchval(EXPLAIN, 100, "", "", [])
    plan = json.loads(answer)[0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 1_600, "about 15 blocks a key"


async def test_a_key_that_can_never_be_drained_holds_up_no_other(world: World) -> None:
    """Weaker: the first of every sweep, it fails, and nobody behind it gets a turn."""
    replica = await world.replica()
    await replica.settle(several("a2 b2 z2"))
    await world.look.execute(STUBBORN)
    try:
        running = world.start(replica.sweeper.run())
        await replica.settle(several("a1 b1 z1"))
        await until(lambda: _is_parked(world, ["a"]))
        await replica.settle(several("b3"))
        assert (await world.seen("b"), await world.seen("z"), await world.seen("a")) == (3, 2, 1)
    finally:
        await world.look.execute(MEEK)
    await until(lambda: _is_parked(world, []))
    assert not running.done()
    assert await world.trail("history.v1 a") == ["a1", "a2"]


async def _is_parked(world: World, keys: list[str]) -> bool:
    return [key for key, _, _ in await world.parked()] == keys


async def test_a_sweeper_that_fails_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weaker: its task ends, health says so, and nothing is drained until somebody restarts the process."""
    monkeypatch.setattr(sweeper, "EVERY_SECONDS", 0.05)
    replica = await world.replica()
    await replica.settle(several("a2"))
    await replica.settle(several("a1"))
    await world.look.execute("ALTER TABLE parked RENAME TO hidden")
    running = world.start(replica.sweeper.run())
    await until(lambda: replica.sweeper.rounds > 1)
    await world.look.execute("ALTER TABLE hidden RENAME TO parked")
    await until(lambda: _is_parked(world, []))
    assert not running.done()


async def test_the_heads_of_all_keys_come_before_the_tail_of_one(world: World) -> None:
    """Weaker: in the order of the names, a long tail fills every lot."""
    replica = await world.replica()
    await replica.settle([*several("a2 a3 a4 a5"), *several("z2")])
    await replica.settle(several("a1 z1"))
    places = [("history.v1", "a"), ("history.v1", "z")]
    found = await ready.messages(world.look, places, 3)
    assert [(m.key, m.sequence) for m in found] == [("a", 2), ("a", 3), ("z", 2)]


async def test_pages_end_with_the_table_and_the_next_begins_behind_the_last(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: a key at the edge of a page is looked at never."""
    monkeypatch.setattr(sweeper, "PAGE", 2)
    monkeypatch.setattr(sweeper, "LOT", 1)
    replica = await world.replica()
    keys = "abcdefg"
    await replica.settle([happened(f"{key}{n}") for key in keys for n in (2, 3)])
    await replica.settle([happened(f"{key}1") for key in keys])
    await replica.sweep()
    assert await world.parked() == []
    assert {await world.seen(key) for key in keys} == {3}


async def test_an_event_wakes_who_waits_and_the_record_of_a_call_outside_does_not(world: World) -> None:
    """Weaker: each mail that was sent wakes the sweeper, and the loops that send, to find nothing."""
    replica = await world.replica()
    await replica.settle([happened("a1")])
    assert replica.runner.advanced.count == 1
    await errands.record(replica.runner, _nothing_more, [Errand("a", datetime.now(UTC), None)])
    assert replica.runner.advanced.count == 1


async def _nothing_more(tx: Tx, causes: Sequence[Cause[None]]) -> None:
    await tx.fetch("SELECT 1")
