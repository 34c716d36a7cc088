"""A signal that any number of loops wait for: each is woken by what came after it last looked, and by nothing older."""

import asyncio


class Signal:
    """`count` only rises. Who reads it before a look misses nothing that comes during the look."""

    def __init__(self) -> None:
        self.count = 0
        self._next = asyncio.Event()

    def set(self) -> None:
        """Wake all who wait."""
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, count: int, seconds: float) -> bool:
        """Wait until it was set more often than `count` times; False when `seconds` pass before.

        Not `wait_for`, here or elsewhere: on Python 3.11 it loses a cancellation that meets the event (gh-86296).
        """
        try:
            async with asyncio.timeout(seconds):
                while self.count <= count:
                    await self._next.wait()
        except TimeoutError:
            return False
        return True
