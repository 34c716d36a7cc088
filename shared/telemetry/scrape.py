"""`GET /metrics`: what this process counted, how it stands, and what its tables hold, as Prometheus reads it."""

import asyncio
from typing import TYPE_CHECKING

from prometheus_client import GCCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder

from shared.telemetry.standing import Standing
from shared.telemetry.tables import LOOKS, Tables

if TYPE_CHECKING:
    from shared.service import App

DELAY_SECONDS = 0.25


class Scrape:
    """The exposition of one app."""

    def __init__(self, app: "App") -> None:
        self.metrics = app.runner.metrics
        self.metrics.expect(topic.name for topic in app.service.listens.topics)
        self.tables = Tables(app.pool, [*LOOKS, *app.service.looks])
        self.standing = Standing(app)
        registry = self.metrics.registry
        registry.register(self.tables)
        registry.register(self.standing)
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)

    async def read(self, accept: str = "") -> tuple[bytes, str]:
        """The text and its content type. Where the database or the broker is away it answers with the rest."""
        await asyncio.gather(self.tables.read(), self.standing.read())
        encode, content_type = choose_encoder(accept)
        return encode(self.metrics.registry), content_type

    async def watch_loop(self) -> None:
        """Measure for ever how late the event loop wakes this task."""
        loop, delays = asyncio.get_running_loop(), self.metrics.loop_delay
        while True:
            wanted = loop.time() + DELAY_SECONDS
            await asyncio.sleep(DELAY_SECONDS)
            delays.observe(max(loop.time() - wanted, 0.0))
