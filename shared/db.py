"""The connection pool of a service, and its migrations: numbered plain SQL, forward only, with checksums."""

import hashlib
from pathlib import Path
from typing import TypeAlias

import asyncpg
import asyncpg.pool

from shared.errors import SetupError

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

SHARED = Path(__file__).parent
MIGRATION_LOCK = 7_310_577
"""Outside the 1,024 buckets of names."""

CREATE_MIGRATION = """CREATE TABLE IF NOT EXISTS migration (
    name text PRIMARY KEY, checksum text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())"""
DONE = "SELECT name, checksum FROM migration"
RECORD = "INSERT INTO migration (name, checksum) VALUES ($1, $2)"

SERVER_SETTINGS = {
    "timezone": "UTC",
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "15s",  # who waits for a process that was paused outlasts it
    "plan_cache_mode": "auto",
    "jit": "off",
}


async def open_pool(url: str, size: int, name: str) -> Pool:
    """A pool of `size` connections. Raises OSError or asyncpg's errors while the database is away."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        timeout=5,  # a connection; a server that hangs would be waited for 60 s
        command_timeout=30,
        server_settings={**SERVER_SETTINGS, "application_name": f"salor-{name}"},
    )


def migrations_of(service: str | None) -> list[tuple[str, str]]:
    """The chassis' migrations and then the service's, as (name, SQL), in the order in which they run."""
    folders = [("chassis", SHARED / "messaging" / "migrations")]
    if service:
        folders.append((service, SHARED.parent / "services" / service / "migrations"))
    return [(f"{owner}/{file.name}", file.read_text()) for owner, at in folders for file in sorted(at.glob("*.sql"))]


async def migrate(url: str, service: str | None) -> None:
    """Bring a database to this release, one process at a time. Raises SetupError where an applied file was changed."""
    connection = await asyncpg.connect(url, server_settings={"lock_timeout": "20s"})
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
            await connection.execute(CREATE_MIGRATION)
            done = {row["name"]: row["checksum"] for row in await connection.fetch(DONE)}
            for name, sql in migrations_of(service):
                checksum = hashlib.sha256(sql.encode()).hexdigest()
                if name not in done:
                    await connection.execute(sql)
                    await connection.execute(RECORD, name, checksum)
                elif done[name] != checksum:
                    raise SetupError(f"migration {name} was changed after it ran: put the change into a new file")
    finally:
        await connection.close()
