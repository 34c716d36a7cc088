"""A TCP proxy of the tests, before a server: what goes through it is cut, swallowed, slowed, or lost on its way."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Self

from deploy.local.chosen import HOST

COMMIT = b"Q\x00\x00\x00\x0cCOMMIT;\x00"
"""PostgreSQL's message of it, as asyncpg ends each transaction; nothing is sent behind it before its answer."""
DATABASE = re.compile(rb"database\x00([^\x00]+)\x00")
"""In the first words of a client of PostgreSQL."""
CHUNK = 65_536
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: what is closed is reset, not finished."""


@dataclass(eq=False, slots=True)
class Pipe:
    """A connection through the proxy. `deaf`: whatever either side says is lost, and neither learns of it."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    deaf: bool = False
    losing: bool = False
    database: str = ""

    def reset(self) -> None:
        """End it as a cable that is pulled from a router: both sides get a RST at once, whatever is under way."""
        for writer in (self.client, self.server):
            if not writer.transport.is_closing():
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                writer.transport.abort()


@dataclass
class Proxy:
    """Between clients and a server on loopback. What it does to them may be changed while it runs.

    `delay`: seconds that each piece of data waits, each way. `piece`: at most so many bytes at once. `silent`: who
    connects meanwhile is deaf. `lose`: the share of COMMITs whose answer is lost, with the connection; `lost` counts
    them by database.
    """

    target: int
    chance: Random
    port: int = 0
    delay: float = 0.0
    piece: int = CHUNK
    silent: bool = False
    lose: float = 0.0
    lost: Counter[str] = field(default_factory=Counter)
    _pipes: set[Pipe] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for pipe in self._pipes:
            pipe.reset()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def heal(self) -> None:
        """Nothing more is done to anybody; who is deaf stays so."""
        self.delay, self.piece, self.silent, self.lose = 0.0, CHUNK, False, 0.0

    def cut(self, share: float) -> None:
        """Reset a share of the connections."""
        for pipe in self._some(share):
            pipe.reset()

    def swallow(self, share: float) -> None:
        """Let a share of the connections be half-open for good, as behind a firewall that has forgotten them."""
        for pipe in self._some(share):
            pipe.deaf = True

    def _some(self, share: float) -> list[Pipe]:
        pipes = [pipe for pipe in self._pipes if not pipe.deaf]
        return self.chance.sample(pipes, round(share * len(pipes)))

    async def _accept(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a callback of a server runs in a task"
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            answers, server = await asyncio.open_connection(HOST, self.target)
            pipe = Pipe(client, server, deaf=self.silent)
            self._pipes.add(pipe)
            try:
                await asyncio.gather(self._ask(pipe, reader), self._answer(pipe, answers))
            finally:
                self._pipes.discard(pipe)
                pipe.reset()

    async def _ask(self, pipe: Pipe, reader: asyncio.StreamReader) -> None:
        async for data in _read(reader):
            if not pipe.database and (named := DATABASE.search(data)):
                pipe.database = named[1].decode()
            if self.lose and data.endswith(COMMIT) and self.chance.random() < self.lose:
                pipe.losing = True
                self.lost[pipe.database] += 1
            await self._pass_on(pipe, pipe.server, data)
            if pipe.losing and self.chance.random() < 0.5:
                pipe.reset()  # the server may not have read it yet
        self._ended(pipe, pipe.server)

    async def _answer(self, pipe: Pipe, reader: asyncio.StreamReader) -> None:
        async for data in _read(reader):
            if pipe.losing:
                pipe.reset()  # it is done, and nobody is told
            else:
                await self._pass_on(pipe, pipe.client, data)
        self._ended(pipe, pipe.client)

    async def _pass_on(self, pipe: Pipe, to: asyncio.StreamWriter, data: bytes) -> None:
        size = self.piece
        for at in range(0, len(data), size):
            if self.delay:
                await asyncio.sleep(self.delay)
            if not (pipe.deaf or to.transport.is_closing()):
                to.write(data[at : at + size])
                await to.drain()

    def _ended(self, pipe: Pipe, other: asyncio.StreamWriter) -> None:
        """One side has closed. The other is told, unless nothing gets through to it."""
        if not pipe.deaf and other.can_write_eof() and not other.transport.is_closing():
            other.write_eof()


async def _read(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """What comes, until one side closes or is reset."""
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            yield data
