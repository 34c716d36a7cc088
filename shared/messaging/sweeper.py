"""The sweeper drains what was parked and has become possible. It is the guarantee; wake-ups only make it faster."""

import asyncio
import math
import time
from collections.abc import Sequence

import structlog

from shared.events import Kind
from shared.messaging import ready
from shared.messaging.failures import heed_cancellation, patiently
from shared.messaging.inbox import Inbox
from shared.messaging.seen import Place

log = structlog.get_logger()

EVERY_SECONDS = 1.0
PAGE = 1_000
"""Keys looked at in one statement: about 10 ms."""
LOT = 500
"""Keys, and messages, drained at once; the rest of a long tail at the next look."""
LOOK_SECONDS = 0.1
"""A round of looking ends after so long, and the next goes on where it ended."""
REST = 9
"""Times as long as a round has looked it rests: looking takes a tenth of a connection, however much is parked."""
START: Place = ("", "")


class Sweeper:
    """Drains in transactions of its own: never in the one that advanced the key, whose innocent event it could take."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.states = [topic.name for topic in inbox.listens.topics if topic.kind is Kind.STATE]
        self.rounds = 0
        self._after = START
        self._looked = 0.0
        self._drained: set[tuple[str, str, int, str]] = set()

    async def run(self) -> None:
        """Sweep at start, then every second and whenever a batch has advanced something."""
        while True:
            advanced = self.inbox.runner.advanced.count
            try:
                await patiently(lambda: self._round(LOOK_SECONDS))
                await asyncio.sleep(REST * self._looked)
                await self.inbox.runner.advanced.after(advanced, EVERY_SECONDS)
            except Exception as error:
                heed_cancellation(error)
                log.warning("sweep_failed", error=type(error).__name__)
                await asyncio.sleep(EVERY_SECONDS)

    async def sweep(self) -> None:
        """Drain until nothing more becomes possible: the whole table, again and again."""
        before: set[tuple[str, str, int, str]] = set()
        while True:
            self._after = START
            await self._round(math.inf)
            if self._drained <= before:
                return
            before = self._drained

    async def _round(self, seconds: float) -> None:
        """Go on through the parked keys, to their end or for some seconds of looking, and drain what is ready."""
        self.rounds += 1
        self._looked, self._drained = 0.0, set()
        while self._looked <= seconds:
            began = time.monotonic()
            page = await ready.page(self.inbox.runner.pool, self._after, PAGE, self.states)
            self._looked += time.monotonic() - began
            self._after = page.last or START
            for at in range(0, len(page.ready), LOT):
                await self._drain(page.ready[at : at + LOT])
            if page.last is None:
                break

    async def _drain(self, places: Sequence[Place]) -> None:
        """Settle what is parked of some keys; where that can't be done, key by key, so that none holds up another."""
        messages = await ready.messages(self.inbox.runner.pool, places, LOT)
        self._drained |= {(m.stream, m.key, m.sequence, m.id) for m in messages}
        try:
            await self.inbox.settle(messages)
        except Exception as error:
            heed_cancellation(error)
            if len(places) == 1:
                log.warning("not_drained", stream=places[0][0], error=type(error).__name__)
                return
            for place in places:
                await self._drain([place])
