"""The deadline of a process that was told to stop is kept whatever hangs; idle connections are kept."""

from __future__ import annotations

import asyncio
import signal
import sys
import time

import pytest
import uvicorn

from shared import process

SERVE = """
import asyncio, time, uvicorn
from shared import process

async def app(scope, receive, send):
    await receive()
    await send({{"type": "lifespan.startup.complete"}})
    print("ready", flush=True)
    await receive()
    {hang}
    await send({{"type": "lifespan.shutdown.complete"}})

process.leave_on_sigterm()
config = uvicorn.Config(app, port=0, log_level="critical")
asyncio.run(process.Server(config, 1.0).serve())
"""


@pytest.mark.parametrize(
    ("hang", "code"),
    [("pass", 0), ("time.sleep(60)", 1), ("await asyncio.sleep(60)", 1)],
    ids=["nothing", "loop", "task"],
)
async def test_a_process_ends_at_its_deadline_and_its_code_says_whether_it_ended_cleanly(hang: str, code: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE.format(hang=hang), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 30) == b"ready\n"
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 20) == code
    if code:
        assert time.monotonic() - began >= 0.9


async def test_what_a_process_is_made_of_is_not_looked_through_for_garbage() -> None:
    """Weaker: each full collection looks at all that was imported, in the time of a small batch."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVE.format(hang="import gc; print(gc.get_freeze_count() > 10_000, flush=True)")),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 30) == b"ready\n"
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.stdout.readline(), 20) == b"True\n"
    assert await asyncio.wait_for(process.wait(), 20) == 0


def test_an_idle_connection_is_kept_for_longer_than_proxies_keep_theirs() -> None:
    """Weaker: a proxy sends a request into a connection that is just being closed, and answers 502 (nginx: 60 s)."""
    server = process.Server(uvicorn.Config(""), 1.0)
    assert server.config.timeout_keep_alive > 60
