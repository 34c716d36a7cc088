"""What the fixtures of conftest.py hand to the tests."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.local import mailsink
from deploy.local.mailsink import Mail
from shared.db import migrate

Database = Callable[[str | None], Awaitable[str]]


@dataclass(frozen=True)
class MailSink:
    """A mail server, and the mails that came since this test began."""

    host: str
    port: int
    ledger: Path
    before: int

    def mails(self) -> list[Mail]:
        return mailsink.read(self.ledger)[self.before :]


FORM = """SELECT md5(concat(
    (SELECT string_agg(concat(oid, relname, relacl, reloptions), ' ' ORDER BY oid)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT string_agg(concat(attrelid, attname, atttypid, attnotnull), ' ' ORDER BY attrelid, attnum)
        FROM pg_attribute JOIN pg_class ON oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0),
    (SELECT string_agg(concat(oid, tgenabled), ' ' ORDER BY oid) FROM pg_trigger),
    (SELECT string_agg(concat(oid, md5(prosrc)), ' ' ORDER BY oid)
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
    (SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_constraint),
    (SELECT string_agg(nspname, ' ' ORDER BY oid) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'),
    (SELECT count(*) FROM pg_db_role_setting),
    (SELECT string_agg(concat(name, checksum), ' ' ORDER BY name) FROM migration)))"""
"""What a schema is, as far as a test may have changed it; a copy has the same as its template."""
ALONE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
EMPTY = """DO $$
DECLARE
    place regclass;
    large text[] := '{}';
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR place IN SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'migration' LOOP
        IF pg_relation_size(place) > 65536 THEN
            large := large || place::text;
        ELSE
            EXECUTE format('DELETE FROM %s', place);
        END IF;
    END LOOP;
    IF large <> '{}' THEN
        EXECUTE format('TRUNCATE %s CASCADE', array_to_string(large, ', '));
    END IF;
    FOR place IN SELECT oid FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER SEQUENCE %s RESTART', place);
    END LOOP;
    INSERT INTO relay (name, since, until) VALUES ('outbox', '1:1:', '1:1:');
END $$"""
"""As the migrations left it: they fill nothing but the relay's row. To truncate takes 4 ms a table; all of the small
ones are emptied in that time row by row, where no trigger is asked (a role of replication).
"""


class Templates:
    """Each service's schema is migrated once, then copied (150 ms a database); who gives a copy back saves the next."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._run = uuid.uuid4().hex[:8]
        self._forms: dict[str, str] = {}
        self._free: defaultdict[str, list[str]] = defaultdict(list)

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{name}"))

    async def clone(self, service: str | None) -> str:
        """The name of a database as the service migrates it (None: the chassis alone), used by nobody else."""
        template = self._template(service)
        if template not in self._forms:
            await self._execute(f"CREATE DATABASE {template}")
            await migrate(self.url(template), service)
            async with _connected(self.url(template)) as connection:
                self._forms[template] = await connection.fetchval(FORM)
        if self._free[template]:
            return self._free[template].pop()
        name = f"{template}_{uuid.uuid4().hex[:8]}"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def give_back(self, name: str) -> None:
        """Emptied, for the next who asks for one; dropped where the test did more to it than fill its tables."""
        template = name.rpartition("_")[0]
        try:
            async with _connected(self.url(name)) as connection:
                await connection.execute(ALONE)
                as_it_was = await connection.fetchval(FORM) == self._forms[template]
                if as_it_was:
                    await connection.execute(EMPTY)
        except asyncpg.PostgresError:
            as_it_was = False
        if as_it_was:
            self._free[template].append(name)
        else:
            await self.drop(name)

    async def drop(self, name: str) -> None:
        await self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def close(self) -> None:
        for name in (*chain.from_iterable(self._free.values()), *self._forms):
            await self.drop(name)

    def _template(self, service: str | None) -> str:
        return f"salor_{self._run}_{service or 'chassis'}"

    async def _execute(self, statement: str) -> None:
        async with _connected(self._admin_url) as connection:
            await connection.execute(statement)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()
