"""How long the disk takes to keep a page, beside what is measured on it: each commit waits for that."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event as Flag

PAGE = bytes(8_192)
EVERY_SECONDS = 0.1


@asynccontextmanager
async def flushes(folder: Path) -> AsyncIterator[list[float]]:
    """The seconds that each flush of a page took, ten times a second, of a file in the folder; it grows meanwhile."""
    took: list[float] = []
    over = Flag()
    watching = asyncio.create_task(asyncio.to_thread(_watch, folder / "flushed", took, over))
    try:
        yield took
    finally:
        over.set()
        await watching


def _watch(path: Path, took: list[float], over: Flag) -> None:
    with path.open("wb", buffering=0) as file:
        while not over.wait(EVERY_SECONDS):
            began = time.monotonic()
            os.pwrite(file.fileno(), PAGE, 0)
            os.fdatasync(file.fileno())
            took.append(time.monotonic() - began)
