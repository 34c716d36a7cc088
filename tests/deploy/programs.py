"""Stand-ins for services: real processes of a few lines. `python -m tests.deploy.programs FOLDER` supervises one."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from deploy.local.chosen import HOST, Chosen
from deploy.local.program import Program
from deploy.local.supervisor import Supervisor
from deploy.local.trouble import say

SERVER = """
import signal, socket, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0) if "stubborn" not in sys.argv else None)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    connection, _ = server.accept()
    connection.close()
"""


def listening(folder: Path, name: str, *, stubborn: bool = False, grace: float = 5.0) -> Program:
    """Ready as soon as it accepts a connection; a stubborn one ignores SIGTERM."""
    chosen = Chosen(folder)
    port = chosen.port(name)
    words = [sys.executable, "-c", SERVER, str(port), *(["stubborn"] if stubborn else [])]
    return Program(
        name,
        lambda: words,
        lambda: accepts(port),
        address=f"{HOST}:{port}",
        claim=lambda: chosen.claim(name, port),
        grace=lambda: grace,
    )


def script(name: str, text: str) -> Program:
    """Never ready: a connection to it is refused."""
    return Program(name, lambda: (sys.executable, "-c", text), lambda: accepts(1))


async def accepts(port: int) -> bool:
    _, writer = await asyncio.open_connection(HOST, port)
    writer.close()
    return True


async def supervise(folder: Path) -> None:
    supervisor = Supervisor(folder, [listening(folder, "one")], revive=True, progress=say)
    await supervisor.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(supervise(Path(sys.argv[1])))
