"""Reading the outbox in snapshot windows (the way of PgQ).

A window holds what became visible between two snapshots, so a late committer of a low id is not jumped over, and a
transaction held open stalls nobody.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import asyncpg

from shared.db import Connection

SNAPSHOT = "SELECT pg_current_snapshot()::text"
# Both branches use the index on xid (tests/shared/messaging holds the plan to it); min(id) would scan the key.
VISIBLE = """((xid >= pg_snapshot_xmax($1::text::pg_snapshot) AND xid < pg_snapshot_xmax($2::text::pg_snapshot))
    OR xid = ANY(ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot))))
    AND pg_visible_in_snapshot(xid, $2::text::pg_snapshot)"""
# OFFSET 0: the planner may not search the key of a month in its order instead (200 ms at 200,000 rows, each poll).
BEGIN_WINDOW = f"""SELECT * FROM (SELECT * FROM outbox WHERE {VISIBLE} OFFSET 0) AS fresh
ORDER BY id LIMIT $3"""  # noqa: S608
# A full window goes on by the key, or a long backlog would be sorted again for each lot.
GO_ON = f"SELECT * FROM outbox WHERE id > $4 AND {VISIBLE} ORDER BY id LIMIT $3"  # noqa: S608
BY_INDEX, AS_EVER = "SET enable_seqscan = off", "RESET enable_seqscan"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the outbox was sent: all that `since` saw, and of what `until` sees more, the ids up to `last_id`.

    `exhausted`: this window has no more (not saved; a cursor that was read again looks once in vain).
    """

    since: str
    until: str
    last_id: int = 0
    exhausted: bool = False


BEGINNING = Cursor("1:1:", "1:1:")
"""Before every row."""


@asynccontextmanager
async def by_index(connection: Connection) -> AsyncIterator[None]:
    """Keep a connection's polls on the indexes, whatever the statistics say about rows per transaction."""
    await connection.execute(BY_INDEX)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute(AS_EVER)


async def read(connection: Connection, cursor: Cursor, limit: int) -> tuple[list[asyncpg.Record], Cursor]:
    """The next rows after a cursor, in the order of their ids, and the cursor behind them.

    A window that is exhausted is followed by the next one: from its end to the present.
    """
    if cursor.exhausted:
        present: str = await connection.fetchval(SNAPSHOT)
        if present == cursor.until:
            return [], cursor
        cursor = Cursor(cursor.until, present)
    window = (cursor.since, cursor.until, limit)
    rows: list[asyncpg.Record] = (
        await connection.fetch(GO_ON, *window, cursor.last_id)
        if cursor.last_id
        else await connection.fetch(BEGIN_WINDOW, *window)
    )
    last_id = rows[-1]["id"] if rows else cursor.last_id
    return rows, replace(cursor, last_id=last_id, exhausted=len(rows) < limit)
