"""The stack of `make up`: one supervisor process that outlives the command, and what is asked of it from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.local.process import Record, Records
from deploy.local.program import Program
from deploy.local.stack import DATA, Stack
from deploy.local.supervisor import MINE, Condition, condition
from deploy.local.trouble import Trouble, say

START_SECONDS, STOP_SECONDS = 180.0, 120.0
RUNNING = "running"  # the note in the supervisor's record once all was ready


class Detached:
    """`programs` run in place of the services."""

    def __init__(self, folder: Path = DATA, programs: Sequence[Program] | None = None) -> None:
        self.folder = folder
        self._programs = programs
        self._records = Records(folder / "run")
        self._log = folder / "log" / f"{MINE}.log"

    def stack(self, *, supervise: bool = False) -> Stack:
        return Stack(self.folder, programs=self._programs, supervise=supervise, progress=say)

    @property
    def supervisor(self) -> Record | None:
        """The living one; a stale record of a dead one, or of a pid that is someone else's now, does not count."""
        record = self._records.read(MINE)
        return record if record is not None and record.alive() else None

    async def up(self, command: Sequence[str]) -> None:
        """Starts `command`, which is to call `run`, and tells its progress until all is ready."""
        other = self.supervisor
        if other is not None and other.note == RUNNING:
            say("it runs already")
            return
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log, self._log.open() as told:
            told.seek(0, os.SEEK_END)
            ended: Callable[[], bool]
            if other is not None:
                say("it is starting already")
                pid, ended = other.pid, lambda: self.supervisor is None
            else:
                process = subprocess.Popen(  # noqa: ASYNC220
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
                pid, ended = process.pid, lambda: process.poll() is not None
            deadline = time.monotonic() + START_SECONDS
            while not self._runs(pid):
                _tell(told.read())
                if ended():
                    _tell(told.read())
                    raise Trouble("the stack did not start, see above")
                if time.monotonic() > deadline:
                    raise Trouble(
                        f"the stack is not ready after {START_SECONDS:.0f} s: see make status and {self._log}"
                    )
                await asyncio.sleep(0.05)
            _tell(told.read())

    async def run(self) -> int:
        """The supervisor itself: until SIGTERM."""
        over = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, over.set)
        stack = self.stack(supervise=True)
        work = asyncio.create_task(self._start_and_stay(stack))
        asking = asyncio.create_task(over.wait())
        await asyncio.wait([work, asking], return_when=asyncio.FIRST_COMPLETED)
        asking.cancel()
        work.cancel()
        try:
            await work
        except Trouble as trouble:
            say(str(trouble))
            return 1
        except asyncio.CancelledError:
            return 0
        finally:
            await stack.stop()
            if (record := self._records.read(MINE)) and record.pid == os.getpid():
                self._records.forget(MINE)
        return 0

    async def _start_and_stay(self, stack: Stack) -> None:
        if self.supervisor is None:  # else the lock refuses us, and the record stays the other's
            self._records.write(Record.of(MINE, os.getpid(), note="starting"))
        await stack.start()
        self._records.write(Record.of(MINE, os.getpid(), note=RUNNING))
        await asyncio.Event().wait()

    async def down(self) -> None:
        """The supervisor stops all in order; what a killed one left behind is stopped here."""
        supervisor = self.supervisor
        if supervisor is not None:
            with self._log.open() as told:
                told.seek(0, os.SEEK_END)
                await supervisor.end(grace=STOP_SECONDS)
                _tell(told.read())
        self._records.forget(MINE)
        await self.stack().end_orphans()
        say("stopped" if supervisor is not None else "nothing runs any more")

    async def status(self) -> tuple[bool, list[Condition]]:
        """Whether all is well, and the truth about each program."""
        conditions = [await condition(self.folder, program) for program in self.stack().programs]
        supervisor = self.supervisor
        well = supervisor is not None and supervisor.note == RUNNING and all(one.ready for one in conditions)
        return well, conditions

    def _runs(self, pid: int) -> bool:
        record = self._records.read(MINE)
        return record is not None and record.pid == pid and record.note == RUNNING


def _tell(text: str) -> None:
    for line in text.splitlines():
        say(line)
