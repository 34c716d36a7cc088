"""Reading the outbox in snapshot windows (the way of PgQ).

A window holds what became visible between two snapshots, so a late committer of a low id is not jumped over, and a
transaction held open stalls nobody.
"""

from dataclasses import dataclass

import asyncpg

from shared.db import Connection

SNAPSHOT = "SELECT pg_current_snapshot()::text"
# Both branches use the index on xid (tests/shared/messaging holds the plan to it); min(id) would scan the key.
WINDOW = """SELECT * FROM outbox
WHERE id > $3 AND ((xid >= pg_snapshot_xmax($1::text::pg_snapshot) AND xid < pg_snapshot_xmax($2::text::pg_snapshot))
    OR xid = ANY(ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot))))
    AND pg_visible_in_snapshot(xid, $2::text::pg_snapshot)
ORDER BY id LIMIT $4"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the outbox was sent: all that `since` saw, and of what `until` sees more, the ids up to `last_id`."""

    since: str
    until: str
    last_id: int = 0


async def read(connection: Connection, cursor: Cursor, limit: int) -> tuple[list[asyncpg.Record], Cursor]:
    """The next rows after a cursor, in the order of their ids, and the cursor behind them.

    A window that is exhausted is followed by the next: from its end to the present.
    """
    rows: list[asyncpg.Record] = await connection.fetch(WINDOW, cursor.since, cursor.until, cursor.last_id, limit)
    if rows:
        return rows, Cursor(cursor.since, cursor.until, rows[-1]["id"])
    snapshot: str = await connection.fetchval(SNAPSHOT)
    if snapshot == cursor.until:
        return [], cursor
    return [], Cursor(cursor.until, snapshot)
