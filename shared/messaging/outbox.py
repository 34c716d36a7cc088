"""Reading the outbox in snapshot windows (the way of PgQ).

A window holds what became visible between two snapshots, so a late committer of a low id is not jumped over, and a
transaction held open stalls nobody.
"""

from dataclasses import dataclass, replace

import asyncpg

from shared.db import Connection

# A plan for any window scans the key from its start (from the sixth execution on: 200 ms at 200,000 rows).
PLAN = "SET plan_cache_mode = force_custom_plan"
SNAPSHOT = "SELECT pg_current_snapshot()::text"
# Both branches use the index on xid (tests/shared/messaging holds the plan to it); min(id) would scan the key.
WINDOW = """SELECT * FROM outbox
WHERE id > $3 AND ((xid >= pg_snapshot_xmax($1::text::pg_snapshot) AND xid < pg_snapshot_xmax($2::text::pg_snapshot))
    OR xid = ANY(ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot))))
    AND pg_visible_in_snapshot(xid, $2::text::pg_snapshot)
ORDER BY id LIMIT $4"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the outbox was sent: all that `since` saw, and of what `until` sees more, the ids up to `last_id`.

    `exhausted`: this window has no more (not saved; a cursor that was read again looks once in vain).
    """

    since: str
    until: str
    last_id: int = 0
    exhausted: bool = False


async def prepare(connection: Connection) -> None:
    """Let a connection plan each poll for the window that it reads (0.2 ms)."""
    await connection.execute(PLAN)


async def read(connection: Connection, cursor: Cursor, limit: int) -> tuple[list[asyncpg.Record], Cursor]:
    """The next rows after a cursor, in the order of their ids, and the cursor behind them.

    A window that is exhausted is followed by the next one: from its end to the present.
    """
    if cursor.exhausted:
        present: str = await connection.fetchval(SNAPSHOT)
        if present == cursor.until:
            return [], cursor
        cursor = Cursor(cursor.until, present)
    rows: list[asyncpg.Record] = await connection.fetch(WINDOW, cursor.since, cursor.until, cursor.last_id, limit)
    last_id = rows[-1]["id"] if rows else cursor.last_id
    return rows, replace(cursor, last_id=last_id, exhausted=len(rows) < limit)
