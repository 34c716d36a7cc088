"""What a scrape reads from tables: exactly what is there, on indexes, and nothing from memory."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from shared.telemetry.tables import LOOKS, Look, Tables
from tests.shared.messaging.play import happened
from tests.shared.messaging.readings import found, looked
from tests.shared.messaging.world import World

CURSOR = "UPDATE relay SET since = $1, until = $2, last_id = $3"
SNAPSHOT = "SELECT pg_current_snapshot()::text"


async def test_rows_unsent_are_those_behind_the_cursor_wherever_it_stands(world: World) -> None:
    replica = await world.replica()
    before = await world.look.fetchval(SNAPSHOT)
    await replica.settle([happened("a1", tells=("s", "t", "u"))])
    between = await world.look.fetchval(SNAPSHOT)
    await replica.settle([happened("a2", tells=("s", "t"))])
    after = await world.look.fetchval(SNAPSHOT)
    first = await world.look.fetchval("SELECT min(id) FROM outbox")
    for cursor, unsent in (
        (("1:1:", "1:1:", 0), 5),
        ((before, before, 0), 5),
        ((before, between, first), 4),
        ((before, between, first + 2), 2),
        ((between, after, 0), 2),
        ((between, after, first + 4), 0),
        ((after, after, 0), 0),
    ):
        await world.look.execute(CURSOR, *cursor)
        tables = await looked(world)
        assert found(tables, "outbox_unsent") == {(): unsent}, cursor
        assert (found(tables, "outbox_oldest_unsent_seconds")[()] > 0) is bool(unsent)


async def test_what_a_held_transaction_tells_is_unsent_once_it_commits(world: World) -> None:
    """Weaker: counted by ids above the last one sent, it is never seen."""
    replica = await world.replica()
    gate = world.play.gate("a1 read")
    slow = world.start(replica.settle([happened("a1", tells=("s",))]))
    await gate.arrived()
    await replica.settle([happened("b1", tells=("t",))])
    snapshot = await world.look.fetchval(SNAPSHOT)
    await world.look.execute(CURSOR, snapshot, snapshot, 0)
    assert found(await looked(world), "outbox_unsent") == {(): 0}
    gate.open()
    await slow
    assert found(await looked(world), "outbox_unsent") == {(): 1}


async def test_a_scrape_while_the_database_is_away_leaves_out_what_it_can_not_know(world: World) -> None:
    replica = await world.replica()
    await replica.settle([happened("a2")])
    registry, tables = CollectorRegistry(), Tables(replica.pool, LOOKS)
    registry.register(tables)
    await tables.read()
    assert found(registry, "database_up") == {(): 1}
    replica.pool.terminate()
    tables._read_at = -10
    await tables.read()
    assert (found(registry, "database_up"), found(registry, "parked")) == ({(): 0}, {})


@pytest.mark.parametrize("sql", [look.sql for look in LOOKS], ids=lambda sql: sql.split(" AS ")[0][-30:])
async def test_a_scrape_reads_no_whole_table(world: World, sql: str) -> None:
    await world.look.execute(
        "INSERT INTO timer (name, subject, due) SELECT 'ring', 's' || n, '2100-01-01' FROM generate_series(1, 20000) n"
    )
    await world.look.execute(
        "INSERT INTO outbox (topic, key, sequence, event_id, type, at, correlation_id, causation_id, payload) "
        "SELECT 't', 'k', n, gen_random_uuid(), 't', now(), '', '', repeat('x', 300) FROM generate_series(1, 20000) n"
    )
    snapshot = await world.look.fetchval(SNAPSHOT)
    await world.look.execute(CURSOR, snapshot, snapshot, 0)
    await world.look.execute("ANALYZE timer; ANALYZE outbox")
    tables = Tables(world.look, [Look(f"EXPLAIN {sql}", {})])
    await tables.read()
    plan = "\n".join(row[0] for row in tables.found[0])
    assert "Seq Scan on timer" not in plan
    assert "Seq Scan on outbox" not in plan
