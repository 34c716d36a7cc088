"""The proxy does what the rows say of it: else one could be green because nothing had happened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest

from deploy.local.chosen import HOST
from tests.faults.proxy import CHUNK, COMMIT, Proxy
from tests.until import came_true, until

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]
BRIEFLY = 0.05


@asynccontextmanager
async def echo(heard: list[bytes]) -> AsyncIterator[Proxy]:
    """A proxy before a server that repeats whatever it hears."""

    async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(CHUNK):
                heard.append(data)
                writer.write(data)
            heard.append(b"end")
        except OSError:
            heard.append(b"reset")
        writer.close()

    server = await asyncio.start_server(repeat, HOST, 0)
    async with Proxy(server.sockets[0].getsockname()[1], Random(1)) as proxy:
        yield proxy
    server.close()


async def connect(proxy: Proxy, word: bytes = b"hello") -> Client:
    """A client that has said a word and heard it."""
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    writer.write(word)
    assert await reader.readexactly(len(word)) == word
    return reader, writer


async def test_in_pieces_and_late_the_words_are_the_same() -> None:
    heard: list[bytes] = []
    async with echo(heard) as proxy:
        proxy.piece, proxy.delay = 3, 0.001
        _, writer = await connect(proxy, b"ten letters, and more")
        writer.close()
        await until(lambda: heard[-1] == b"end")
    assert b"".join(heard) == b"ten letters, and moreend"
    assert max(map(len, heard)) < 20, "they came at once"


async def test_a_cut_is_a_reset_for_both_sides() -> None:
    heard: list[bytes] = []
    async with echo(heard) as proxy:
        reader, _ = await connect(proxy)
        proxy.cut(1.0)
        with pytest.raises(ConnectionResetError):
            await reader.read(CHUNK)
        await until(lambda: heard[-1] == b"reset")


async def test_who_is_deaf_hears_nothing_and_learns_of_no_end_while_others_go_on() -> None:
    heard: list[bytes] = []
    async with echo(heard) as proxy:
        _, writer = await connect(proxy)
        proxy.swallow(1.0)
        writer.write(b"lost")
        _, later = await connect(proxy, b"later")
        assert not await came_true(lambda: b"lost" in heard, BRIEFLY)
        writer.close()
        assert not await came_true(lambda: b"end" in heard, BRIEFLY)
        later.close()


async def test_in_silence_a_new_connection_is_deaf_for_good() -> None:
    heard: list[bytes] = []
    async with echo(heard) as proxy:
        proxy.silent = True
        _, writer = await asyncio.open_connection(HOST, proxy.port)
        writer.write(b"hello")
        assert not await came_true(lambda: bool(heard), BRIEFLY)
        proxy.heal()
        writer.write(b"again")
        assert not await came_true(lambda: bool(heard), BRIEFLY)
        writer.close()


async def test_a_commit_goes_through_and_its_answer_does_not() -> None:
    heard: list[bytes] = []
    async with echo(heard) as proxy:
        proxy.lose = 1.0
        for _ in range(8):
            reader, writer = await connect(proxy, b"user\0me\0database\0evaluation\0\0")
            writer.write(COMMIT)
            with pytest.raises(ConnectionResetError):
                await reader.readexactly(len(COMMIT))
    assert proxy.lost == {"evaluation": 8}
    assert COMMIT in heard
