"""What a service leans on and can do without for a while: asked now and then, so that health and metrics know of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

DEADLINE_SECONDS = 5.0
EVERY_SECONDS = 30.0
AGAIN_SECONDS = 5.0
"""While it gives no good answer."""


@dataclass(slots=True)
class Away:
    """Since when (monotonic seconds) there is no good answer, and the type of the last error."""

    since: float
    why: str


class Dependencies:
    """The dependencies that this process watches, by name.

    What is away here stops no event, and neither a restart nor another replica mends it: it is told as `degraded`, and
    never makes a service unready.
    """

    def __init__(self) -> None:
        self._asked: dict[str, Away | None] = {}

    async def watch(self, name: str, ask: Callable[[], Awaitable[object]], every: float = EVERY_SECONDS) -> None:
        """Ask for ever, each `every` seconds, each time with a deadline. Whatever `ask` raises is no good answer."""
        while True:
            began = time.monotonic()
            try:
                async with asyncio.timeout(DEADLINE_SECONDS):
                    await ask()
            except Exception as error:
                self._fail(name, began, type(error).__name__)
                await asyncio.sleep(min(every, AGAIN_SECONDS))
            else:
                self._succeed(name)
                await asyncio.sleep(every)

    def seconds(self) -> Mapping[str, float]:
        """For how long each has given no good answer: 0 while it does. One not asked yet is left out."""
        now = time.monotonic()
        return {name: now - away.since if away else 0.0 for name, away in self._asked.items()}

    def troubles(self) -> dict[str, str]:
        """Those that give no good answer, in words."""
        now = time.monotonic()
        away = {name: away for name, away in self._asked.items() if away}
        return {name: f"no good answer for {now - each.since:.0f} s: {each.why}" for name, each in away.items()}

    def _fail(self, name: str, began: float, why: str) -> None:
        away = self._asked.get(name)
        if away is None:
            log.warning("dependency_away", dependency=name, error=why)
        self._asked[name] = Away(away.since if away else began, why)

    def _succeed(self, name: str) -> None:
        if self._asked.get(name):
            log.info("dependency_back", dependency=name)
        self._asked[name] = None
