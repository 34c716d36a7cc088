"""The connection pool of a service, and its migrations: numbered plain SQL, forward only, with checksums."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable, Coroutine
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from weakref import WeakSet

import asyncpg
import asyncpg.pool

from shared.errors import SetupError

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

if TYPE_CHECKING:
    _Connection = asyncpg.Connection[asyncpg.Record]
else:
    _Connection = asyncpg.Connection
Answer = TypeVar("Answer")

SHARED = Path(__file__).parent
CANCEL_SECONDS = 3
"""A server that is there answers a cancel at once."""
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
    "random_page_cost": "1.1",  # in memory: by 4 a few due rows are sorted, and a backlog by the same plan
}


class Session(_Connection):
    """A connection that is dropped where the server is silent, not only slow.

    A statement that is not answered in time is cancelled. A server that is there says so at once; over a half-open
    connection the cancel, the ROLLBACK and the return to the pool would each wait for as long as the statement did,
    and the pool's other connections may be as dead.
    """

    when_silent: Callable[[], Coroutine[Any, Any, None]]
    asked: float = inf
    """When (monotonic seconds) the statement was asked that is not answered yet."""

    async def execute(self, *args: Any, **kwargs: Any) -> str:
        """See asyncpg."""
        return await self._answered(super().execute(*args, **kwargs))

    async def executemany(self, *args: Any, **kwargs: Any) -> None:
        """See asyncpg."""
        await self._answered(super().executemany(*args, **kwargs))

    async def fetch(self, *args: Any, **kwargs: Any) -> list[Any]:
        """See asyncpg."""
        return await self._answered(super().fetch(*args, **kwargs))

    async def fetchrow(self, *args: Any, **kwargs: Any) -> Any:
        """See asyncpg."""
        return await self._answered(super().fetchrow(*args, **kwargs))

    async def fetchval(self, *args: Any, **kwargs: Any) -> Any:
        """See asyncpg."""
        return await self._answered(super().fetchval(*args, **kwargs))

    async def _answered(self, statement: Coroutine[Any, Any, Answer]) -> Answer:
        self.asked = time.monotonic()
        try:
            return await statement
        except TimeoutError:
            try:
                with contextlib.suppress(asyncpg.PostgresError):  # a failed transaction refuses it, which is an answer
                    await super().execute("SELECT", timeout=CANCEL_SECONDS)
            except Exception:
                self.terminate()
                await self.when_silent()
            raise
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_later(CANCEL_SECONDS, self._drop_unless_taken_back)
            raise
        finally:
            self.asked = inf

    def _drop_unless_taken_back(self) -> None:
        """Whoever gave up earlier has asked for a cancel, too, and can't return the connection before its answer."""
        if not self.is_closed() and self._protocol._is_cancelling():  # type: ignore[attr-defined]
            self.terminate()
            self._telling = asyncio.ensure_future(self.when_silent())

    async def close(self, *, timeout: float | None = None) -> None:
        """See asyncpg. The server's farewell is not waited for as long as a statement."""
        with contextlib.suppress(TimeoutError):
            await super().close(timeout=timeout or CANCEL_SECONDS)


async def open_pool(url: str, size: int, name: str) -> Pool:
    """A pool of `size` connections. Raises OSError or asyncpg's errors while the database is away."""

    sessions: WeakSet[Session] = WeakSet()

    async def attend(session: Session) -> None:
        sessions.add(session)
        session.when_silent = silent

    async def silent() -> None:
        """No connection from before is used again; whoever waits on one may wait in vain, and is soon let go."""
        await pool.expire_connections()
        asyncio.get_running_loop().call_later(CANCEL_SECONDS, let_go, time.monotonic())

    def let_go(moment: float) -> None:
        for session in [each for each in sessions if each.asked < moment]:
            session.terminate()

    async def as_it_is(_: Session) -> None:
        """Nobody sets anything of a session (tests/house): asyncpg's reset is a round trip for each that comes back."""

    pool: Pool = asyncpg.create_pool(  # type: ignore[call-overload]  # the stubs know no init of a subclass
        url,
        min_size=1,
        max_size=size,
        timeout=5,  # a connection; a server that hangs would be waited for 60 s
        command_timeout=30,
        connection_class=Session,
        init=attend,
        reset=as_it_is,
        server_settings={**SERVER_SETTINGS, "application_name": f"salor-{name}"},
    )
    return await pool


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
