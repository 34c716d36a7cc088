"""A clock that a test moves, for a whole district that runs: every process takes its time from its database.

The product has no switch for it. In a test's database the names `clock_timestamp` and `now` stand for functions of the
test's own; sessions find them before PostgreSQL's.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import asyncpg

from deploy.local.demo.world import World
from deploy.local.stack import SERVICES

INSTALL = """CREATE TABLE public.moved (ahead interval NOT NULL);
INSERT INTO public.moved VALUES ('0');
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql
    RETURN pg_catalog.clock_timestamp() + (SELECT ahead FROM public.moved);
CREATE FUNCTION public.now() RETURNS timestamptz STABLE LANGUAGE sql
    RETURN pg_catalog.now() + (SELECT ahead FROM public.moved);
ALTER DATABASE {name} SET search_path = public, pg_catalog;"""
MOVE = "UPDATE public.moved SET ahead = $1"


async def install(address: str) -> None:
    """Let a database's clock be moved, before anybody uses it."""
    await _execute(address, INSTALL.format(name=urlsplit(address).path.removeprefix("/")))


async def move(world: World, to: datetime) -> None:
    """Let it be a later moment in all services."""
    ahead = to - datetime.now(UTC)
    await asyncio.gather(*(_execute(world.stack.postgres_url(service), MOVE, ahead) for service in SERVICES))


async def _execute(address: str, sql: str, *ahead: timedelta) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(sql, *ahead)
    finally:
        await connection.close()
