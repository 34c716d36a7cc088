"""What is measured ends with its measurement."""

import asyncio

from benchmarks.stage import process


async def test_a_process_that_sleeps_ends_too() -> None:
    async with asyncio.timeout(30):
        async with process("tests.benchmarks.sleeper", {}) as measured:
            measured.suspend()  # as while its backlog is made: an interrupt may come just then
    assert not measured.is_running()
