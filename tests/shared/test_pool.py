"""What every connection of a service asks of the server."""

from __future__ import annotations

from shared.db import open_pool
from tests.servers import Database

MILLISECONDS = "SELECT setting::int FROM pg_settings WHERE name = $1"


async def test_what_a_sleeper_has_locked_is_let_go_before_those_who_wait_for_it_give_up(database: Database) -> None:
    """Weaker: a process that is paused in a transaction holds up all that needs the same rows, try after try."""
    pool = await open_pool(await database(None), 1, "test")
    try:
        slept = await pool.fetchval(MILLISECONDS, "idle_in_transaction_session_timeout")
        assert 0 < slept < await pool.fetchval(MILLISECONDS, "lock_timeout")
    finally:
        await pool.close()
