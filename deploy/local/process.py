"""Which process is ours: a pid alone can belong to anyone by now, a pid with its start time can't."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

SAME_START_SECONDS = 2.0  # a correction of the clock moves start times a little


@dataclass(frozen=True)
class Record:
    """What is kept on disk of a running process, so that a later life of the supervisor knows it."""

    name: str
    pid: int
    began: float  # as the kernel tells it
    restarts: int = 0
    note: str = ""

    @classmethod
    def of(cls, name: str, pid: int, restarts: int = 0, note: str = "") -> Record:
        """Raises ProcessLookupError for one that has ended."""
        try:
            return cls(name, pid, psutil.Process(pid).create_time(), restarts, note)
        except psutil.NoSuchProcess:
            raise ProcessLookupError(f"{name} (pid {pid}) has ended") from None

    def alive(self) -> bool:
        """Whether that very process runs. A zombie doesn't, unless threads of it still close its files (a JVM's do)."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.began) < SAME_START_SECONDS
            over = process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
            return same and not over
        except psutil.NoSuchProcess:
            return False

    @property
    def uptime(self) -> float:
        return max(0.0, time.time() - self.began)

    def send(self, number: signal.Signals) -> None:
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def end(self, number: signal.Signals = signal.SIGTERM, grace: float = 10) -> None:
        """Ask, wait for `grace` seconds, then kill."""
        self.send(number)
        if not await self.gone(grace):
            self.send(signal.SIGKILL)
            await self.gone(grace)

    async def gone(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True


class Records:
    """One small file per process in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, record: Record) -> None:
        replace(self._file(record.name), json.dumps(asdict(record)))

    def read(self, name: str) -> Record | None:
        """None when there is none, or one that can't be read."""
        try:
            return Record(**json.loads(self._file(name).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def forget(self, name: str) -> None:
        self._file(name).unlink(missing_ok=True)

    def alive(self) -> list[Record]:
        names = sorted(file.stem for file in self.folder.glob("*.json"))
        return [record for name in names if (record := self.read(name)) and record.alive()]

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def replace(file: Path, text: str, mode: int = 0o600) -> None:
    """Written as a whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.touch(mode=mode)
    part.write_text(text)
    os.replace(part, file)


def memory_megabytes(pid: int) -> float:
    """Of a process and its children, shared pages counted once (PSS; RSS where the system has no PSS)."""
    total = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                memory = process.memory_full_info()
                total += getattr(memory, "pss", memory.rss)
    return total / 1e6
