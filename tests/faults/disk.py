"""A small disk of our own, which can be full: a tmpfs, where the user may mount one."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MEGABYTE = 1_000_000
BLOCK = bytes(65_536)


@cache
def missing() -> str:
    """What this machine lacks for it, in words; nothing where it can be had."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux may mount a small disk"
    with tempfile.TemporaryDirectory() as at:
        mounted = subprocess.run(_mount(Path(at), 1, 0), capture_output=True, text=True)
        if mounted.returncode:
            return f"a small disk can't be mounted here: {' '.join(mounted.stderr.split())}"
        subprocess.run(("umount", at), check=True)
    return ""


@dataclass(frozen=True, slots=True)
class Disk:
    """A mounted disk."""

    at: Path

    def fill(self) -> None:
        """Not a byte is left on it."""
        with self._filler.open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(BLOCK)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def free(self) -> None:
        """There is room again."""
        self._filler.unlink(missing_ok=True)

    @property
    def _filler(self) -> Path:
        return self.at / "filler"


@asynccontextmanager
async def small(at: Path, megabytes: float) -> AsyncIterator[Disk]:
    """A disk of that size; its owner is that of the folder around it. Nobody may use it any more at the end."""
    await run("mkdir", str(at))
    try:
        await run(*_mount(at, megabytes, at.parent.stat().st_uid))
        try:
            yield Disk(at)
        finally:
            await run("umount", "--lazy", str(at))  # a server may hold a deleted file open for a moment longer
    finally:
        await run("rmdir", str(at))


def _mount(at: Path, megabytes: float, owner: int) -> tuple[str, ...]:
    size = int(megabytes * MEGABYTE)
    return "mount", "-t", "tmpfs", "-o", f"size={size},uid={owner},mode=700", "tmpfs", str(at)


async def run(*command: str) -> None:
    """A command that must succeed. Raises RuntimeError with what it said."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {said.decode(errors='replace').strip()}")
