"""A program that stops all that it started, whether Ctrl-C ends it or SIGTERM."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
ENDED = "interrupted: all that it ran is stopped, and its folder removed"


def run(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`; ends the program with a line when it is told to end, after whatever `main` does at its end."""
    try:
        return asyncio.run(_heeding(main))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(ENDED)


async def _heeding(main: Coroutine[Any, Any, T]) -> T:
    """With SIGTERM as Ctrl-C is for asyncio already: it cancels `main`, and does not end the process at once."""
    task = asyncio.current_task()
    assert task is not None, "a coroutine runs in a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await main
