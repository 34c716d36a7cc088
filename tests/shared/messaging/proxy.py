"""A TCP proxy in front of PostgreSQL that can lose the answer to a COMMIT, go away, and hang."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit, urlunsplit

COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"
"""The server's CommandComplete."""


class Proxy:
    """`lose` answers to COMMIT are cut off, connection and all, after the server has committed.

    While `flowing` is not set, whatever is sent is held.
    """

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._port = 0
        self.lose = 0
        self.lost = 0
        self.flowing = asyncio.Event()
        self.flowing.set()

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Break all connections and take no more."""
        assert self._server is not None
        self._port = self._server.sockets[0].getsockname()[1] if self._server.sockets else self._port
        self._server.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def come_back(self) -> None:
        """Take connections again, at the same address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)

    @property
    def url(self) -> str:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        credentials = self._target.netloc.rpartition("@")[0]
        return urlunsplit(self._target._replace(netloc=f"{credentials}@127.0.0.1:{port}"))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(self._target.hostname, self._target.port)
        pipes = (self._pipe(reader, up_writer, False), self._pipe(up_reader, writer, True))
        tasks = [asyncio.create_task(pipe) for pipe in pipes]
        self._pipes.update(tasks)
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        writer.close()
        up_writer.close()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool) -> None:
        while data := await reader.read(2**16):
            if answers and self.lose and COMMITTED in data:
                self.lose -= 1
                self.lost += 1
                return
            await self.flowing.wait()
            writer.write(data)
            await writer.drain()
