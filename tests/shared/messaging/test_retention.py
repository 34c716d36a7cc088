"""What is over its term goes; what could still be asked for, and what was not sent yet, never does."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.db import Pool
from shared.events import Kind, Topic
from shared.messaging import outbox, retention
from shared.messaging.outbox import Cursor
from shared.messaging.retention import Retention, terms
from tests.shared.messaging.seeds import SEEDS
from tests.shared.messaging.world import World
from tests.until import until

DAY_MS = 24 * 60 * 60 * 1000
OFFICE = Topic("office.v1", sender="office", kind=Kind.STRANGER, retention_ms=7 * DAY_MS)
AGES = {"request": 7, "dead_letter": 30, "stranger": 14}
ROWS = {
    "request": """INSERT INTO request (principal, route, idempotency_key, body_hash, at)
        VALUES ('p', 'r', $1, '', now() - $2::interval)""",
    "dead_letter": """INSERT INTO dead_letter (topic, partition, record_offset, reason, header_names, header_values, at)
        VALUES ($1, 0, 0, '', '{}', '{}', now() - $2::interval)""",
    "stranger": "INSERT INTO stranger (source, id, at) VALUES ('s', $1, now() - $2::interval)",
}
NAME = {"request": "idempotency_key", "dead_letter": "topic", "stranger": "id"}
TELL = """INSERT INTO outbox (topic, key, sequence, event_id, type, at, correlation_id, causation_id, payload)
SELECT 't.v1', 'k', 1, gen_random_uuid(), 'a.b.c.d', now() - $1::interval, '', '', '{}'
FROM generate_series(1, $2) RETURNING id"""
CURSOR = "SELECT since, until, last_id FROM relay"
SAVE = "UPDATE relay SET since = $1, until = $2, last_id = $3"
KEPT = "SELECT id FROM outbox ORDER BY id"
OLD, YOUNG = timedelta(days=31), timedelta(days=29)
PARKED = """INSERT INTO parked (stream, key, sequence, event_id, reason, topic, partition, record_offset, header_names,
    header_values, since) VALUES ('s', 'k', 1, 'e', 'settled', 's', 0, 0, '{}', '{}', now() - interval '10 years')"""


@pytest.fixture
def trimmer(world: World, monkeypatch: pytest.MonkeyPatch) -> Retention:
    """Lots of three, so that a test sees many."""
    monkeypatch.setattr(retention, "LOT", 3)
    monkeypatch.setattr(retention, "PAUSE_SECONDS", 0.0)
    return Retention(world.look, terms(world.settings, [OFFICE]))


@pytest.mark.parametrize("table", ROWS)
async def test_rows_are_kept_to_the_end_of_their_term_and_no_longer(
    world: World, trimmer: Retention, table: str
) -> None:
    for n in range(8):
        await world.look.execute(ROWS[table], f"old {n}", timedelta(days=AGES[table], minutes=1))
    await world.look.execute(ROWS[table], "young", timedelta(days=AGES[table], minutes=-1))
    await trimmer.trim()
    kept = await world.look.fetch(f"SELECT {NAME[table]} FROM {table}")
    assert [row[0] for row in kept] == ["young"]


async def test_what_is_parked_is_kept_for_good(world: World, trimmer: Retention) -> None:
    await world.look.execute(PARKED)
    await trimmer.trim()
    assert await world.look.fetchval("SELECT count(*) FROM parked") == 1


@pytest.mark.parametrize("table", ROWS)
async def test_the_oldest_rows_are_found_by_an_index(world: World, trimmer: Retention, table: str) -> None:
    term = next(term for term in trimmer.terms if term.table == table)
    async with world.look.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        statement = await connection.prepare(term.trim)
        plan = await statement.explain(term.seconds, 3)
    assert f'"Index Name": "{table}_at"' in str(plan).replace("'", '"')


async def test_strangers_of_a_topic_that_is_kept_are_remembered_for_good(world: World) -> None:
    kept = Topic("kept.v1", sender="office", kind=Kind.STRANGER)
    assert "stranger" not in [term.table for term in terms(world.settings, [OFFICE, kept])]
    assert "stranger" not in [term.table for term in terms(world.settings, [])]


async def test_one_replica_trims_at_a_time(world: World, trimmer: Retention) -> None:
    await world.look.execute(ROWS["stranger"], "old", timedelta(days=15))
    async with world.look.acquire() as other, other.transaction():
        await other.execute(retention.ALONE, retention.LOCK)
        await trimmer.trim()
        assert await world.look.fetchval("SELECT count(*) FROM stranger") == 1
    await trimmer.trim()
    assert await world.look.fetchval("SELECT count(*) FROM stranger") == 0


async def test_what_was_sent_a_month_ago_goes(world: World, trimmer: Retention) -> None:
    await told(world.look, OLD, 8)
    young = await told(world.look, YOUNG, 1)
    await Sender(world.look).send()
    await trimmer.trim()
    assert await kept(world.look) == young


async def test_what_was_not_sent_stays_however_old_it_is(world: World, trimmer: Retention) -> None:
    ids = await told(world.look, OLD, 8)
    sender = Sender(world.look)
    await sender.send(2)
    await trimmer.trim()
    assert await kept(world.look) == ids[2:]
    await sender.send()
    assert sender.sent == ids


async def test_a_row_that_took_a_low_id_and_came_late_stays_and_so_does_what_lies_behind_it(
    world: World, trimmer: Retention
) -> None:
    """What is left begins at one id: the relay takes what lies before it for trimmed, and nothing else."""
    sender = Sender(world.look)
    async with world.look.acquire() as late, late.transaction():
        low = await told(late, OLD, 1)
        others = await told(world.look, OLD, 4)
        await sender.send()
    await trimmer.trim()
    assert await kept(world.look) == [*low, *others]
    await sender.send()
    assert sender.sent == [*others, *low]
    await told(world.look, YOUNG, 1)
    await sender.send()
    await trimmer.trim()
    assert len(await kept(world.look)) == 1


@pytest.mark.parametrize("seed", SEEDS)
async def test_whenever_it_is_trimmed_everything_is_sent_once(world: World, trimmer: Retention, seed: int) -> None:
    chance, sender, ids = random.Random(seed), Sender(world.look), []
    async with world.look.acquire() as late:
        held: Any = None
        for _ in range(40):
            act = chance.choice(("tell", "hold", "end", "send", "send", "trim"))
            if act == "tell":
                ids += await told(world.look, OLD, chance.randint(1, 4))
            elif act == "hold" and held is None:
                held = late.transaction()
                await held.start()
                ids += await told(late, OLD, 1)
            elif act == "end" and held is not None:
                await held.commit()
                held = None
            elif act == "send":
                await sender.send(chance.randint(1, 6))
            else:
                await trimmer.trim()
        if held is not None:
            await held.commit()
    await trimmer.trim()
    await sender.send()
    assert sorted(sender.sent) == sorted(ids)
    await trimmer.trim()


class Sender:
    """The relay's reading and saving, without a broker."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.sent: list[int] = []

    async def send(self, lot: int = 1_000) -> None:
        """Send up to so many rows behind the saved cursor, and save it."""
        async with self.pool.acquire() as connection:
            [saved] = await connection.fetch(CURSOR)
            cursor = Cursor(**saved)
            for _ in range(3):  # the saved window, the next one, and one that is empty
                rows, cursor = await outbox.read(connection, cursor, lot)
                self.sent += [row["id"] for row in rows]
                if rows:
                    await connection.execute(SAVE, cursor.since, cursor.until, cursor.last_id)
                if len(rows) == lot:
                    return


async def told(where: Any, age: timedelta, count: int) -> list[int]:
    return [row["id"] for row in await where.fetch(TELL, age, count)]


async def kept(pool: Pool) -> Sequence[int]:
    return [row["id"] for row in await pool.fetch(KEPT)]


async def test_it_goes_on_after_an_error(world: World, trimmer: Retention, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weaker: one statement that is refused ends the loop, and the tables grow until a restart."""
    monkeypatch.setattr(retention, "EVERY_SECONDS", 0.01)
    await world.look.execute("ALTER TABLE request RENAME TO away")
    world.start(trimmer.run())
    await world.look.execute(ROWS["request"].replace("request", "away", 1), "old", timedelta(days=8))
    await world.look.execute("ALTER TABLE away RENAME TO request")

    async def is_trimmed() -> bool:
        return bool(await world.look.fetchval("SELECT count(*) FROM request") == 0)

    await until(is_trimmed)
