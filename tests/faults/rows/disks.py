"""F8 and F9: the disk full under the tables of a service, and under the write-ahead log of all of them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from tests.faults import disk
from tests.faults.disk import MEGABYTE, Disk
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

SERVICE = "complaints"
SIZE = f"SELECT pg_database_size('{SERVICE}')"
ROOM_MEGABYTES = 64.0
"""Beside what lies there already; a segment of the log has 16."""
PUT_OFF = 25
"""So many clients must have been told to come again before there is room."""
RECOVERY_SECONDS = 20.0
SWITCH_SECONDS = 0.1
NEXT_SEGMENT = "SELECT pg_switch_wal()"


async def full_under_the_tables(trial: Trial) -> None:
    """F8: no room for a service's rows: an error for each who wants to write, 503 by HTTP; with room it heals."""
    size = await trial.value("postgres", SIZE) / MEGABYTE
    async with disk.small(_home(trial) / "small", 2 * size + ROOM_MEGABYTES) as small, _tables_on(trial, small):
        await trial.submitted(200)
        await trial.strike(f"the disk under the tables of {SERVICE} is full")
        said, put_off = _said(trial), trial.load.put_off
        small.fill()
        await until(lambda: trial.load.put_off >= put_off + PUT_OFF, PATIENCE_SECONDS)
        before = await trial.durable(SERVICE)
        small.free()
        await trial.recovered(SERVICE, before, time.monotonic(), limit=RECOVERY_SECONDS)
        trial.expect_answers()
        trial.expect("PANIC" not in _said(trial)[len(said) :], "PostgreSQL panicked for tables that can't grow")


async def full_under_the_log(trial: Trial) -> None:
    """F9: no room for the next segment of the log: PostgreSQL panics, HTTP says 503; with room all goes on."""
    await trial.fleet.stop("postgres")
    log = _home(trial) / "data" / "pg_wal"
    size = sum(file.stat().st_size for file in log.rglob("*")) / MEGABYTE
    async with disk.small(_home(trial) / "small", size + ROOM_MEGABYTES) as small, _log_on(trial, small, log):
        await trial.submitted(200)
        await trial.strike("the disk under the log is full")
        said, put_off = _said(trial), trial.load.put_off
        small.fill()

        async def panicked() -> bool:
            await _ask(trial, NEXT_SEGMENT)  # the server keeps some segments ready, so its log goes on for a while
            await asyncio.sleep(SWITCH_SECONDS)
            return "PANIC" in _said(trial)[len(said) :] and trial.load.put_off >= put_off + PUT_OFF

        await until(panicked, PATIENCE_SECONDS)
        small.free()
        await until(lambda: _serves(trial), PATIENCE_SECONDS)
        before = await trial.durable("evaluation")
        await trial.recovered("evaluation", before, time.monotonic(), limit=RECOVERY_SECONDS)
        trial.expect_answers()


@asynccontextmanager
async def _tables_on(trial: Trial, small: Disk) -> AsyncIterator[None]:
    """The service's database lies on the small disk, and then where it was."""
    await trial.value("postgres", f"CREATE TABLESPACE small LOCATION '{small.at}'")
    try:
        await _move(trial, "small")
        yield
    finally:
        small.free()
        await _move(trial, "pg_default")
        await trial.value("postgres", "DROP TABLESPACE small")


async def _move(trial: Trial, to: str) -> None:
    """Nobody may be connected to a database that moves."""
    await trial.fleet.stop(SERVICE)
    await trial.close()
    await trial.value("postgres", f"ALTER DATABASE {SERVICE} SET TABLESPACE {to}")
    await trial.fleet.start(SERVICE)


@asynccontextmanager
async def _log_on(trial: Trial, small: Disk, log: Path) -> AsyncIterator[None]:
    """The log of a server that was stopped lies on the small disk, and then where it was."""
    away = small.at / log.name
    await disk.run("mv", str(log), str(away))
    await disk.run("ln", "--symbolic", str(away), str(log))
    try:
        await trial.fleet.start("postgres")
        yield
    finally:
        small.free()
        if trial.fleet.pid("postgres") is not None:
            await trial.fleet.stop("postgres")
        await disk.run("rm", str(log))
        await disk.run("mv", str(away), str(log))
        await trial.fleet.start("postgres")


async def _serves(trial: Trial) -> bool:
    """Whether PostgreSQL does; started where it has not come back by itself."""
    if trial.fleet.pid("postgres") is None:
        await trial.fleet.start("postgres")
    return await _ask(trial, "SELECT true")


async def _ask(trial: Trial, sql: str) -> bool:
    """Whether the server answers."""
    with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await (await trial.connection("postgres")).execute(sql, timeout=2)
        return True
    return False


def _home(trial: Trial) -> Path:
    return (trial.fleet.stack.folder / "postgres").resolve()


def _said(trial: Trial) -> str:
    return trial.fleet.stack.log("postgres").read_text(errors="replace")
