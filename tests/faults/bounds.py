"""I10: memory, connections and disk stay under their limits while a fault lasts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import psutil

from deploy.local.stack import SERVICES
from tests.faults.fleet import Fleet

LIMITS = {
    "megabytes of a service": 300.0,
    "connections": 80.0,
    "open files of a service": 200.0,
    "megabytes on disk": 3_000.0,
}
LOOK_SECONDS = 1.0
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"


@asynccontextmanager
async def watched(fleet: Fleet) -> AsyncIterator[dict[str, float]]:
    """The most that was seen of each, filled while the row runs."""
    most = dict.fromkeys(LIMITS, 0.0)
    watching = asyncio.create_task(_watch(fleet, most))
    try:
        yield most
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        most["megabytes on disk"] = _disk(fleet.stack.folder)


async def _watch(fleet: Fleet, most: dict[str, float]) -> None:
    while True:
        for name in SERVICES:
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(fleet.pid(name) or -1)
                _note(most, "megabytes of a service", process.memory_info().rss / 1e6)
                _note(most, "open files of a service", process.num_fds())
        with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection = await asyncpg.connect(fleet.stack.postgres_url(), timeout=2)
            _note(most, "connections", await connection.fetchval(CONNECTIONS))
            await connection.close()
        await asyncio.sleep(LOOK_SECONDS)


def _note(most: dict[str, float], what: str, seen: float) -> None:
    most[what] = max(most[what], seen)


def _disk(folder: Path) -> float:
    """Postgres' data can lie elsewhere, behind a link."""
    roots = [folder, *(entry.resolve() for entry in folder.iterdir() if entry.is_symlink())]
    return sum(_taken(file) for root in roots for file in root.rglob("*")) / 1e6


def _taken(file: Path) -> int:
    """Sparse files count as what they take; one that is gone by now takes nothing."""
    with contextlib.suppress(FileNotFoundError):
        return file.lstat().st_blocks * 512
    return 0


def passed(most: dict[str, float]) -> list[str]:
    """The limits that were passed."""
    return [f"{most[what]:.0f} {what}, above {limit:.0f}" for what, limit in LIMITS.items() if most[what] > limit]
