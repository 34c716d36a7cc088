"""A process from start to end: told to stop, it ends with code 0, or at its deadline is cut off, with code 1."""

import gc
import os
import signal
import socket
import threading
from types import FrameType
from typing import NoReturn

import structlog
import uvicorn

log = structlog.get_logger()

KEEP_ALIVE_SECONDS = 75
"""More than proxies and clients keep an idle connection: whoever closes first must not be the one who is sent to."""


class Server(uvicorn.Server):
    """Half of the deadline is for the requests that are being answered, the rest for everything else."""

    def __init__(self, config: uvicorn.Config, seconds: float) -> None:
        config.timeout_keep_alive = KEEP_ALIVE_SECONDS
        config.timeout_graceful_shutdown = max(1, int(seconds / 2))
        super().__init__(config)
        self.seconds = seconds

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and look no more for garbage among what is there by now: a look at all of it takes a batch's time."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop. The deadline is kept by a thread, since what hangs may be the loop itself."""
        deadline = threading.Timer(self.seconds, _cut_off)
        deadline.daemon = True
        deadline.start()
        super().handle_exit(sig, frame)


def _cut_off() -> None:
    log.error("cut_off_at_the_deadline")
    os._exit(1)  # nothing is half done: what was not committed is not there


def leave_on_sigterm() -> None:
    """Make SIGTERM a clean exit, before the server runs and after it has stopped."""
    signal.signal(signal.SIGTERM, _leave)


def _leave(sig: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
