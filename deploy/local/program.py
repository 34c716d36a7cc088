"""A program of the stack, and the keeper of one: starts it, knows when it is ready, brings it back when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pwd
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from deploy.local.patience import patience
from deploy.local.process import Record, Records
from deploy.local.trouble import Trouble

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0  # seconds before a dead program is started again
CALM_SECONDS = 30.0  # a life this long makes the next pause short again
PROBE_SECONDS = 3.0
LOG_BYTES = 20_000_000

ROOT = Path(__file__).resolve().parents[2]

Progress = Callable[[str], None]


async def nothing() -> None:
    """The default of the hooks."""


@dataclass(frozen=True)
class Program:
    name: str
    command: Callable[[], Sequence[str]]  # asked before each start
    ready: Callable[[], Awaitable[bool]]  # one question, answered by the program itself
    address: str = ""
    stage: int = 0  # started stage by stage, stopped in reverse
    env: Mapping[str, str] = field(default_factory=dict)
    claim: Callable[[], None] = lambda: None  # raises Trouble when a port is taken
    prepare: Callable[[], Awaitable[None]] = nothing  # before each start
    settle: Callable[[], Awaitable[None]] = nothing  # once it is ready
    stopped: Callable[[], Awaitable[None]] = nothing  # after a clean stop
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 60.0  # seconds until it must be ready, on a machine with nothing else to do
    insist: float = 0.0  # seconds in which a start that fails is tried again
    grace: Callable[[], float] = lambda: 12.0  # seconds between asking it to stop and killing it; a service takes 10
    user: int | None = None
    lock: Path | None = None  # held by the process itself, as long as it lives


class Keeper:
    def __init__(self, program: Program, folder: Path, *, revive: bool, progress: Progress) -> None:
        self.program, self._revive, self._progress = program, revive, progress
        self.log = folder / "log" / f"{program.name}.log"
        self._records = Records(folder / "run")
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._restarts = 0
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Until it is ready; Trouble when it does not get so."""
        if self.pid is not None:
            return
        began = time.monotonic()
        await self._begin()
        self._watch = asyncio.create_task(self._keep())
        where = f" on {self.program.address}" if self.program.address else ""
        self._progress(f"{self.program.name} ready{where} ({time.monotonic() - began:.1f} s)")

    async def stop(self) -> None:
        await self._unwatch()
        process = self._process
        if process is not None and process.returncode is None:
            process.send_signal(self.program.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), self.program.grace())
                await self.program.stopped()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):  # it went in this very moment
                    process.kill()
                await process.wait()
            self._progress(f"{self.program.name} stopped")
        self._records.forget(self.program.name)

    async def kill(self) -> None:
        """SIGKILL, as a crash would: the keeper brings it back if it is one that revives."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _begin(self) -> None:
        deadline = time.monotonic() + self.program.insist
        while True:
            await self.program.prepare()
            await self._spawn()
            try:
                await self._until_ready()
                await self.program.settle()
            except BaseException as error:
                await self.kill()
                if not isinstance(error, Trouble) or time.monotonic() > deadline:
                    raise
                await asyncio.sleep(FIRST_PAUSE)
            else:
                return

    async def _spawn(self) -> None:
        program = self.program
        with _open_log(self.log) as log, _held(program) as inherited:
            program.claim()
            self._log_start = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *program.command(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**_inherited_environment(), **program.env},
                cwd=ROOT,
                start_new_session=True,  # Ctrl-C reaches the supervisor only, which then stops all in order
                pass_fds=inherited,
                **identity(program.user),
            )
        with contextlib.suppress(ProcessLookupError):
            self._records.write(Record.of(program.name, self._process.pid, self._restarts))

    async def _until_ready(self) -> None:
        seconds = patience(self.program.patience)
        deadline = time.monotonic() + seconds
        while not await answers(self.program):
            if self.pid is None:
                raise Trouble(f"{self.program.name} ended while starting: {last_errors(self.log, self._log_start)}")
            if time.monotonic() > deadline:
                raise Trouble(
                    f"{self.program.name} was not ready after {seconds:.0f} s: {last_errors(self.log, self._log_start)}"
                )
            await asyncio.sleep(0.05)

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            code = await self._process.wait() if self._process else 0
            self._progress(f"{self.program.name} died (exit {code})")
            if not self._revive:
                return
            pause = FIRST_PAUSE if time.monotonic() - began > CALM_SECONDS else pause
            await self._bring_back(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _bring_back(self, pause: float) -> None:
        while True:
            await asyncio.sleep(pause)
            self._restarts += 1
            try:
                await self._begin()
            except Trouble as trouble:
                pause = min(2 * pause, LONGEST_PAUSE)
                self._progress(f"{trouble}; next try in {pause:.1f} s")
            else:
                self._progress(f"{self.program.name} is back (restart {self._restarts})")
                return

    async def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
            self._watch = None


def last_errors(log: Path, start: int = 0, lines: int = 3) -> str:
    """The last lines of a log that look like errors, else its last lines: a failed start must not be silent."""
    with log.open("rb") as file:
        file.seek(start)
        text = file.read()[-100_000:].decode(errors="replace")
    written = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in written if any(word in line for word in ("ERROR", "FATAL", "Error", "Exception"))]
    chosen = " | ".join((errors or written)[-lines:]) or "it wrote nothing"
    return f"{chosen} (more in {log})"


async def answers(program: Program) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await program.ready()
    except Exception:
        return False  # refused, reset, half up: not ready, whatever the reason; the deadline speaks


@contextlib.contextmanager
def _held(program: Program) -> Iterator[tuple[int, ...]]:
    """The lock is taken here and inherited, so that it ends with the process and not with us."""
    if program.lock is None:
        yield ()
        return
    with program.lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"another {program.name} runs on {program.lock.parent}: stop that one first (make down)"
            ) from None
        yield (file.fileno(),)


@contextlib.contextmanager
def _open_log(file: Path) -> Iterator[IO[bytes]]:
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > LOG_BYTES:
        os.replace(file, file.with_suffix(".log.1"))
    with file.open("ab") as log:
        yield log


def identity(user: int | None) -> dict[str, Any]:
    return {} if user is None else {"user": user, "group": pwd.getpwuid(user).pw_gid, "extra_groups": []}


def _inherited_environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SALOR_")}
    return {**ours, "PYTHONUNBUFFERED": "1"}
