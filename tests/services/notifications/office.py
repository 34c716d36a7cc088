"""The service on a bench with a real SMTP server, as the tests of sending use it (the fixture `world`)."""

import asyncio
from dataclasses import dataclass
from typing import Any

from services.notifications.actions.deliver import Office, send, take
from services.notifications.model.words import Medium
from tests.services.notifications.providers import Complaints, Provider
from tests.support import Bench

STATES = "SELECT audience, channel, state, reason FROM delivery ORDER BY audience, channel"
ACCEPTED = [
    (audience, channel, "accepted", "")
    for audience in ("citizen", "employee", "superior")
    for channel in ("email", "inbox")
]


async def deliver(office: Office, *media: Medium) -> int:
    """Send one lot of what is due by some channels. Gives how many were claimed."""
    lot = await take(office, media)
    await asyncio.gather(send(office, lot.here), send(office, lot.beyond))
    return len(lot.claimed)


@dataclass
class World:
    """The service on a bench, a provider whose answers a test chooses, and the vault."""

    bench: Bench
    provider: Provider
    complaints: Complaints
    office: Office

    async def run(self) -> int:
        """Deliver until nothing is due. Gives how many were claimed."""
        claimed = 0
        while lot := await deliver(self.office, *Medium):
            claimed += lot
        return claimed

    async def states(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.bench.pool.fetch(STATES)]

    async def told(self) -> list[tuple[str, str, str]]:
        return [(type(e).__name__, e.audience, e.channel) for e in await self.bench.told()]  # type: ignore[attr-defined]
