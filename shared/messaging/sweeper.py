"""The sweeper drains what was parked and has become possible. It is the guarantee; wake-ups only make it faster."""

import asyncio

from shared.events import Kind
from shared.messaging import parked
from shared.messaging.failures import patiently
from shared.messaging.inbox import Inbox

EVERY_SECONDS = 1.0
LOT = 500
"""Messages looked at in one sweep; the rest at the next."""


class Sweeper:
    """Drains in transactions of its own: never in the one that advanced the key, whose innocent event it could take."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.states = [topic.name for topic in inbox.listens.topics if topic.kind is Kind.STATE]

    async def run(self) -> None:
        """Sweep at start, then every second and whenever a batch has advanced something.

        Not `wait_for`, here or elsewhere: on Python 3.11 it loses a cancellation that meets the event (gh-86296).
        """
        while True:
            await patiently(self.sweep)
            try:
                async with asyncio.timeout(EVERY_SECONDS):
                    await self.inbox.runner.advanced.wait()
            except TimeoutError:
                continue

    async def sweep(self) -> None:
        """Drain until nothing more has become possible."""
        self.inbox.runner.advanced.clear()
        before: set[tuple[str, str, int, str]] = set()
        while messages := await parked.ready(self.inbox.runner.pool, self.states, LOT):
            now = {(m.stream, m.key, m.sequence, m.id) for m in messages}
            if now <= before:
                return
            before = now
            await self.inbox.settle(messages)
