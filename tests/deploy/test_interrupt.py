"""A program that is told to end stops what it started, and says so in one line."""

import signal
import subprocess
import sys

import pytest

from deploy.local.interrupt import ENDED

PROGRAM = """
import asyncio, signal
from deploy.local.interrupt import run

async def main():
    print("started", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.to_thread(print, "stopped", flush=True)  # what its end awaits is awaited

signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal: who is in a background ignores it
run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_it_started_is_stopped(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "started\n"
        program.send_signal(number)
        assert program.communicate(timeout=30) == ("stopped\n", f"{ENDED}\n")
    assert program.returncode == 1
