"""Programs are started, watched, brought back and stopped; the truth about them is told."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from deploy.local.chosen import HOST, Chosen, is_free
from deploy.local.process import Record, Records
from deploy.local.program import Program
from deploy.local.supervisor import Supervisor, condition
from deploy.local.trouble import Trouble
from tests.deploy.programs import listening, script
from tests.until import until


@asynccontextmanager
async def running(
    folder: Path, *programs: Program, revive: bool = False, told: list[str] | None = None
) -> AsyncIterator[Supervisor]:
    said = [] if told is None else told
    supervisor = Supervisor(folder, programs, revive=revive, progress=said.append)
    try:
        await supervisor.start()
        yield supervisor
    finally:
        await supervisor.stop()


def recorded(folder: Path, name: str) -> Record:
    record = Records(folder / "run").read(name)
    assert record is not None
    return record


async def test_a_program_is_ready_and_then_stopped(tmp_path: Path) -> None:
    program = listening(tmp_path, "one")
    async with running(tmp_path, program):
        record = recorded(tmp_path, "one")
        assert (await condition(tmp_path, program)).word == "ready"
    assert not record.alive()
    assert (await condition(tmp_path, program)).word == "not started"


async def test_a_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    program = listening(tmp_path, "one")
    port = Chosen(tmp_path).port("one")
    with socket.create_server((HOST, port)), pytest.raises(Trouble) as trouble:
        await Supervisor(tmp_path, [program], revive=False, progress=print).start()
    assert f"port {port} is taken" in str(trouble.value)
    assert "\n" not in str(trouble.value)


async def test_a_program_that_dies_comes_back(tmp_path: Path) -> None:
    program = listening(tmp_path, "one")
    told: list[str] = []
    async with running(tmp_path, program, revive=True, told=told):
        first = recorded(tmp_path, "one")
        os.kill(first.pid, signal.SIGKILL)
        await until(lambda: any("is back" in line for line in told), 15)
        now = await condition(tmp_path, program)
    assert (now.word, now.restarts) == ("ready", 1)
    assert now.pid != first.pid


async def test_one_that_keeps_dying_is_tried_ever_more_slowly(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    once = f"import time; open({str(starts)!r}, 'a').write(f'{{time.monotonic()}}\\n')"
    serve = listening(tmp_path, "one")
    words = list(serve.command())
    dying = replace(serve, command=lambda: (sys.executable, "-c", once) if starts.exists() else words)
    async with running(tmp_path, dying, revive=True):
        starts.touch()
        os.kill(recorded(tmp_path, "one").pid, signal.SIGKILL)
        await until(lambda: len(starts.read_text().splitlines()) >= 4, 15)
    times = [float(line) for line in starts.read_text().splitlines()[:4]]
    first, second, third = (later - earlier for earlier, later in itertools.pairwise(times))
    assert first >= 0.4
    assert second >= 0.8
    assert third >= 1.6


async def test_a_failed_start_shows_its_errors_and_leaves_nothing_running(tmp_path: Path) -> None:
    good = listening(tmp_path, "good")
    bad = replace(script("bad", "print('a line'); raise SystemExit('ERROR the disk is on fire')"), stage=1)
    supervisor = Supervisor(tmp_path, [good, bad], revive=False, progress=print)
    with pytest.raises(Trouble, match="bad ended while starting: ERROR the disk is on fire"):
        await supervisor.start()
    assert is_free(Chosen(tmp_path).port("good"))


async def test_a_program_that_is_never_ready_is_told_so(tmp_path: Path) -> None:
    slow = replace(script("slow", "import os, time; print(f'pid {os.getpid()}'); time.sleep(60)"), patience=0.5)
    with pytest.raises(Trouble, match=r"slow was not ready after .* s: pid \d+") as trouble:
        await Supervisor(tmp_path, [slow], revive=False, progress=print).start()
    assert not psutil.pid_exists(int(re.findall(r"pid (\d+)", str(trouble.value))[0]))


async def test_one_that_ignores_sigterm_is_killed_after_its_grace(tmp_path: Path) -> None:
    async with running(tmp_path, listening(tmp_path, "one", stubborn=True, grace=0.2)):
        record = recorded(tmp_path, "one")
    assert not record.alive()


async def test_a_stale_record_is_not_believed(tmp_path: Path) -> None:
    """Its pid is ours by now, but started at another time: neither alive, nor to be stopped as an orphan."""
    mine = Record.of("one", os.getpid())
    Records(tmp_path / "run").write(replace(mine, began=mine.began - 3600))
    program = listening(tmp_path, "one")
    assert (await condition(tmp_path, program)).word == "dead"
    async with running(tmp_path, program):
        assert (await condition(tmp_path, program)).word == "ready"
    assert mine.alive()


async def test_status_tells_dead_from_not_ready(tmp_path: Path) -> None:
    program = listening(tmp_path, "one")
    mute = replace(program, ready=script("mute", "").ready)
    async with running(tmp_path, program) as supervisor:
        assert (await condition(tmp_path, mute)).word == "not ready"
        await supervisor.kill("one")
        assert (await condition(tmp_path, program)).word == "dead"


async def test_a_second_supervisor_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    program = listening(tmp_path, "one")
    async with running(tmp_path, program):
        second = Supervisor(tmp_path, [listening(tmp_path, "one")], revive=False, progress=print)
        with pytest.raises(Trouble, match="already"):
            await second.start()
        await second.stop()
        assert (await condition(tmp_path, program)).word == "ready"


async def test_what_a_killed_supervisor_left_is_stopped_first(tmp_path: Path) -> None:
    first = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.deploy.programs", str(tmp_path))
    await until((tmp_path / "run" / "one.json").exists, 15)
    orphan = recorded(tmp_path, "one")
    first.kill()
    await first.wait()
    assert orphan.alive()
    program = listening(tmp_path, "one")
    told: list[str] = []
    async with running(tmp_path, program, told=told):
        assert not orphan.alive()
        assert (await condition(tmp_path, program)).word == "ready"
    assert told[0] == f"one of an earlier life (pid {orphan.pid}) is stopped first"


async def test_a_lock_lives_as_long_as_the_program_itself(tmp_path: Path) -> None:
    locked = replace(listening(tmp_path / "a", "one"), lock=tmp_path / "lock")
    other = replace(listening(tmp_path / "b", "one"), lock=tmp_path / "lock")
    async with running(tmp_path / "a", locked):
        with pytest.raises(Trouble, match="another one runs on"):
            await Supervisor(tmp_path / "b", [other], revive=False, progress=print).start()
    async with running(tmp_path / "b", other):
        assert (await condition(tmp_path / "b", other)).word == "ready"


async def test_a_process_that_has_ended_has_no_record() -> None:
    """Weaker: one that dies as soon as it starts is a traceback, and not tried again."""
    process = await asyncio.create_subprocess_exec("true")
    await process.wait()
    with pytest.raises(ProcessLookupError, match="has ended"):
        Record.of("one", process.pid)
