"""Runs a list of programs in a data folder: in order, alone on it, and after whatever an earlier life left behind."""

from __future__ import annotations

import asyncio
import fcntl
import itertools
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.local.process import Records, memory_megabytes
from deploy.local.program import Keeper, Program, Progress, answers
from deploy.local.trouble import Trouble

MINE = "supervisor"  # the name of the record of the supervising process itself


class Supervisor:
    """`revive`: a program that dies is started again, with back-off."""

    def __init__(self, folder: Path, programs: Sequence[Program], *, revive: bool, progress: Progress) -> None:
        self.folder, self.programs = folder, list(programs)
        self.records = Records(folder / "run")
        self.keepers = {program.name: Keeper(program, folder, revive=revive, progress=progress) for program in programs}
        self._progress = progress
        self._lock: IO[str] | None = None

    async def start(self, *names: str) -> None:
        """The named programs, or all; those that run already are left alone. When one fails, all are stopped."""
        if self._lock is None:
            self._lock = alone(self.folder)
            await self.end_orphans()
        try:
            for stage in self._stages(names or self.keepers):
                await _together(keeper.start() for keeper in stage)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        if self._lock is None:
            return  # what runs here is not ours
        for stage in reversed(self._stages(self.keepers)):
            await asyncio.gather(*(keeper.stop() for keeper in stage))
        self._lock.close()
        self._lock = None

    async def restart(self, name: str) -> None:
        await self.keepers[name].stop()
        await self.keepers[name].start()

    async def kill(self, name: str) -> None:
        await self.keepers[name].kill()

    async def end_orphans(self) -> None:
        """What an earlier life started and could not stop, known by pid and start time."""
        for stage in reversed(self._stages(self.keepers)):
            await asyncio.gather(*(self._end_orphan(keeper.program) for keeper in stage))

    async def _end_orphan(self, program: Program) -> None:
        record = self.records.read(program.name)
        if record is not None and record.alive():
            self._progress(f"{program.name} of an earlier life (pid {record.pid}) is stopped first")
            await record.end(program.stop_signal, program.grace())
        self.records.forget(program.name)

    def _stages(self, names: Iterable[str]) -> list[list[Keeper]]:
        chosen = sorted((self.keepers[name] for name in names), key=lambda keeper: keeper.program.stage)
        return [list(group) for _, group in itertools.groupby(chosen, key=lambda keeper: keeper.program.stage)]

    def megabytes(self) -> float:
        return sum(memory_megabytes(keeper.pid) for keeper in self.keepers.values() if keeper.pid)


async def _together(starts: Iterable[Coroutine[None, None, None]]) -> None:
    """The first failure ends the others, and is told as it is."""
    tasks = [asyncio.create_task(start) for start in starts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def alone(folder: Path) -> IO[str]:
    """The lock of a data folder, held by one supervisor at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Trouble(f"a stack runs on {folder} already: see make status, or stop it with make down") from None
    return lock


@dataclass(frozen=True)
class Condition:
    """The truth about one program, as asked from outside."""

    name: str
    pid: int | None
    alive: bool
    ready: bool
    restarts: int
    uptime: float
    address: str

    @property
    def word(self) -> str:
        if self.alive:
            return "ready" if self.ready else "not ready"
        return "dead" if self.pid is not None else "not started"


async def condition(folder: Path, program: Program) -> Condition:
    """Is the recorded process alive and that very one, and does it answer?"""
    record = Records(folder / "run").read(program.name)
    alive = record is not None and record.alive()
    ready = alive and await answers(program)
    if record is None:
        return Condition(program.name, None, False, False, 0, 0.0, program.address)
    uptime = record.uptime if alive else 0.0
    return Condition(program.name, record.pid, alive, ready, record.restarts, uptime, program.address)
