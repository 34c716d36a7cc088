"""Services of a fleet behind a proxy of the tests, for as long as a fault lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from deploy.local.chosen import HOST
from deploy.local.stack import SERVICES
from tests.faults.proxy import Proxy
from tests.faults.trial import Trial

Commands = Mapping[str, Sequence[str]]
"""What is run in place of a service: a module and its arguments."""


@asynccontextmanager
async def behind_postgres(
    trial: Trial, names: Sequence[str] = SERVICES, commands: Commands | None = None
) -> AsyncIterator[Proxy]:
    """Start services anew, with a proxy between them and PostgreSQL; at the end they are as they were."""
    port = urlsplit(trial.fleet.stack.postgres_url()).port
    assert port is not None, "an address of the stack names its port"
    proxy = Proxy(port, trial.chance)

    def settings(name: str) -> dict[str, str | None]:
        address = urlsplit(trial.fleet.stack.postgres_url(name))
        user = address.netloc.rpartition("@")[0]
        return {"SALOR_DATABASE_URL": address._replace(netloc=f"{user}@{HOST}:{proxy.port}").geturl()}

    async with _behind(trial, proxy, names, settings, commands or {}):
        yield proxy


@asynccontextmanager
async def behind_kafka(trial: Trial, names: Sequence[str] = SERVICES) -> AsyncIterator[Proxy]:
    """The same between them and the broker, which tells whoever comes by its back door the proxy's address."""
    proxy = Proxy(trial.fleet.back_door, trial.chance, trial.fleet.told_door)
    settings: dict[str, str | None] = {"SALOR_KAFKA": f"{HOST}:{proxy.port}"}
    async with _behind(trial, proxy, names, lambda _: settings, {}):
        yield proxy


@asynccontextmanager
async def _behind(
    trial: Trial,
    proxy: Proxy,
    names: Sequence[str],
    settings: Callable[[str], Mapping[str, str | None]],
    commands: Commands,
) -> AsyncIterator[None]:
    async with proxy:
        await asyncio.gather(*(trial.fleet.anew(name, *commands.get(name, ()), env=settings(name)) for name in names))
        try:
            yield
        finally:
            proxy.heal()
            await asyncio.gather(*(trial.fleet.anew(name) for name in names))
