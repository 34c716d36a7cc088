"""An application behind a real server of loopback, as in production."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp


@asynccontextmanager
async def serving(web: ASGIApp, patience: int | None = None) -> AsyncIterator[str]:
    """The address of an application, for as long as it is needed; `patience`: seconds for what runs at its end."""
    config = uvicorn.Config(
        web, port=0, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=patience
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        await server.shutdown()
