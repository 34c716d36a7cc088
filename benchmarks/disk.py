"""How long the disk takes to keep a page, beside what is measured on it: each commit waits for that."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PAGE = bytes(8_192)
EVERY_SECONDS = 0.1


@asynccontextmanager
async def flushes(folder: Path) -> AsyncIterator[list[float]]:
    """The seconds that each flush of a page took, ten times a second, of a file in the folder; it grows meanwhile."""
    took: list[float] = []
    watching = asyncio.create_task(_watch(folder / "flushed", took))
    try:
        yield took
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(path: Path, took: list[float]) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            began = time.monotonic()
            await asyncio.to_thread(_flush, file.fileno())
            took.append(time.monotonic() - began)
            await asyncio.sleep(EVERY_SECONDS)


def _flush(file: int) -> None:
    os.pwrite(file, PAGE, 0)
    os.fdatasync(file)
