"""A clock of a process that can be moved while it runs: a few lines of C, preloaded. Only what is asked is moved.

What waits by the clock (none of ours does: asyncio waits by the monotonic one) would still wait by the system's.
"""

from __future__ import annotations

import shutil
import struct
import sys
from pathlib import Path

from tests.faults import disk

SOURCE = Path(__file__).with_name("skew.c")


def missing() -> str:
    """What this machine lacks for it, in words; nothing where it can be had."""
    if sys.platform != "linux":
        return "only Linux preloads a library so"
    return "" if shutil.which("cc") else "no C compiler (cc) to build a clock that can be moved"


class Skew:
    """A clock for the processes that are started with `env`."""

    def __init__(self, folder: Path) -> None:
        self._library, self._ahead = folder / "skew.so", folder / "skew"

    @property
    def env(self) -> dict[str, str]:
        """The environment that gives a process this clock."""
        return {"LD_PRELOAD": str(self._library), "SKEW": str(self._ahead)}

    async def build(self) -> None:
        """Make it; it goes as the system's does."""
        await disk.run("cc", "-shared", "-fPIC", "-O1", "-o", str(self._library), str(SOURCE))
        self._ahead.write_bytes(struct.pack("i", 0))

    def move(self, seconds: int) -> None:
        """Let it be so many seconds ahead from now on."""
        with self._ahead.open("r+b") as file:
            file.write(struct.pack("i", seconds))
