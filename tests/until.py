"""Waiting without sleeping blindly: until a condition holds, or the test fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], bool | Awaitable[bool]], seconds: float = 10) -> None:
    """Ask again until it holds."""
    assert await came_true(holds, seconds), f"did not come true within {seconds} s"


async def came_true(holds: Callable[[], bool | Awaitable[bool]], seconds: float = 10, pause: float = 0.005) -> bool:
    """Ask again until it holds, or the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        answer = holds()
        if answer if isinstance(answer, bool) else await answer:
            return True
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(pause)
