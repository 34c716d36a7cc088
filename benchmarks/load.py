"""A load of filings: some connections, each with one request at a time. On the bare protocol, to cost little."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from collections.abc import Iterator

CONNECTIONS = 64
TEXT = "The document was promised for last week. " * 4


def requests(port: int) -> Iterator[bytes]:
    """Filings, each with its own key, contact and address (behind a proxy), so that no limit is in the way."""
    for n in itertools.count():
        body = json.dumps({"category": "undue_delay", "text": TEXT, "contact": {"email": f"citizen{n}@warga.example"}})
        address = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
        yield (
            f"POST /complaints HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
            f"idempotency-key: {uuid.uuid4()}\r\nx-forwarded-for: {address}\r\n"
            f"content-length: {len(body)}\r\n\r\n{body}"
        ).encode()


class _Client(asyncio.Protocol):
    def __init__(self, work: Iterator[bytes], latencies: list[float], done: asyncio.Future[None]) -> None:
        self.work, self.latencies, self.done = work, latencies, done
        self.buffer, self.sent = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]):
            return
        if not head.startswith(b"HTTP/1.1 201"):
            self.done.set_exception(AssertionError(self.buffer.decode()))
            return
        self.latencies.append(time.monotonic() - self.sent)
        self.buffer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("closed by the server"))

    def _next(self) -> None:
        request = next(self.work, None)
        if request is None:
            self.done.set_result(None)
            self.transport.close()
        else:
            self.sent = time.monotonic()
            self.transport.write(request)


async def run(port: int, count: int, source: Iterator[bytes]) -> list[float]:
    """Send `count` filings; gives the seconds that each took. Raises AssertionError with an answer that is not 201."""
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    work = itertools.islice(source, count)
    dones: list[asyncio.Future[None]] = []
    for _ in range(min(CONNECTIONS, count)):
        done: asyncio.Future[None] = loop.create_future()
        await loop.create_connection(lambda done=done: _Client(work, latencies, done), "127.0.0.1", port)  # type: ignore[misc]
        dones.append(done)
    await asyncio.gather(*dones)
    return latencies
