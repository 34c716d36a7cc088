"""What the fixtures of conftest.py hand to the tests."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
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


class Templates:
    """Each service's schema is migrated once, then copied: 25 ms a database."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._run = uuid.uuid4().hex[:8]
        self._migrated: set[str] = set()

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{name}"))

    async def clone(self, service: str | None) -> str:
        template = f"salor_{self._run}_{service or 'chassis'}"
        if template not in self._migrated:
            await self._execute(f"CREATE DATABASE {template}")
            await migrate(self.url(template), service)
            self._migrated.add(template)
        name = f"{template}_{uuid.uuid4().hex[:8]}"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def drop(self, name: str) -> None:
        await self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def close(self) -> None:
        for template in self._migrated:
            await self.drop(template)

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
