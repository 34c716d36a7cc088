"""What every connection of a service asks of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from shared import db
from shared.db import Pool, open_pool
from tests.servers import Database
from tests.shared.messaging.proxy import Proxy

CANCEL_SECONDS = 0.5
"""In place of 3: a server on loopback answers sooner."""
MILLISECONDS = "SELECT setting::int FROM pg_settings WHERE name = $1"


async def test_what_a_sleeper_has_locked_is_let_go_before_those_who_wait_for_it_give_up(database: Database) -> None:
    """Weaker: a process that is paused in a transaction holds up all that needs the same rows, try after try."""
    pool = await open_pool(await database(None), 1, "test")
    try:
        slept = await pool.fetchval(MILLISECONDS, "idle_in_transaction_session_timeout")
        assert 0 < slept < await pool.fetchval(MILLISECONDS, "lock_timeout")
    finally:
        await pool.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "CANCEL_SECONDS", CANCEL_SECONDS)


async def processes(pool: Pool) -> set[int]:
    """The server's processes behind the two connections of a pool."""
    async with pool.acquire() as one, pool.acquire() as other:
        return {await connection.fetchval("SELECT pg_backend_pid()") for connection in (one, other)}


async def one_that_hangs(pool: Pool, proxy: Proxy) -> None:
    async with pool.acquire() as connection, connection.transaction():
        proxy.flowing.clear()
        await connection.fetchval("SELECT 1", timeout=0.2)


@asynccontextmanager
async def behind_a_proxy(database: Database, size: int) -> AsyncIterator[tuple[Pool, Proxy]]:
    """A pool, and the network between it and its server."""
    async with Proxy(await database(None)) as proxy:
        pool = await open_pool(proxy.url, size, "test")
        try:
            yield pool, proxy
        finally:
            pool.terminate()


async def ended(task: asyncio.Task[Any]) -> BaseException | None:
    """How a task ended, which it must do soon."""
    over, _ = await asyncio.wait({task}, timeout=CANCEL_SECONDS + 5)
    assert over, "it still waits"
    return task.exception()


async def test_silence_is_given_up_soon_and_no_connection_from_before_it_is_used_again(database: Database) -> None:
    """Else the cancel, the ROLLBACK and the reset each wait for 30 s, and then the next dead connection does."""
    async with behind_a_proxy(database, 2) as (pool, proxy):
        before = await processes(pool)
        async with asyncio.timeout(CANCEL_SECONDS + 5):
            with pytest.raises((TimeoutError, asyncpg.InterfaceError)):
                await one_that_hangs(pool, proxy)
            proxy.flowing.set()
            assert not before & await processes(pool)


async def test_who_waits_on_another_connection_when_silence_is_found_is_let_go_soon_too(database: Database) -> None:
    """Else what was asked of a dead connection a moment before waits its own 30 s, and all that follows with it."""
    async with behind_a_proxy(database, 2) as (pool, proxy):
        await processes(pool)
        other = await pool.acquire()
        waiting = asyncio.create_task(other.fetchval("SELECT pg_sleep(1)"))
        with pytest.raises((TimeoutError, asyncpg.InterfaceError)):
            await one_that_hangs(pool, proxy)
        assert isinstance(await ended(waiting), asyncpg.ConnectionDoesNotExistError)


async def test_who_gives_up_earlier_has_the_connection_off_his_hands_as_soon(database: Database) -> None:
    """Else a look with a deadline of its own (health's, a GET's) lasts 30 s, and keeps a connection out of the pool."""
    async with behind_a_proxy(database, 2) as (pool, proxy):
        before = await processes(pool)
        proxy.flowing.clear()
        looking = asyncio.create_task(impatiently(pool))
        assert isinstance(await ended(looking), TimeoutError | asyncpg.InterfaceError)
        proxy.flowing.set()
        assert not before & await processes(pool)


async def impatiently(pool: Pool) -> None:
    async with asyncio.timeout(0.2):
        await pool.fetchval("SELECT 1")


async def test_a_silent_connection_that_is_not_used_again_is_given_back_as_soon(database: Database) -> None:
    """Else it is in its user's hands for 30 s more, until the server's farewell is given up."""
    async with behind_a_proxy(database, 1) as (pool, proxy):
        connection = await pool.acquire()
        proxy.flowing.clear()
        await pool.expire_connections()
        assert await ended(asyncio.create_task(pool.release(connection))) is None


async def test_a_statement_that_is_only_slow_is_taken_back_and_its_connection_goes_on(database: Database) -> None:
    pool = await open_pool(await database(None), 1, "test")
    try:
        before = await pool.fetchval("SELECT pg_backend_pid()")
        with pytest.raises(TimeoutError):
            await pool.execute("SELECT pg_sleep(60)", timeout=0.2)
        assert await pool.fetchval("SELECT pg_backend_pid()") == before
    finally:
        await pool.close()
