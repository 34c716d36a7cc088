"""A signal: nobody misses what came during a look, and nobody is woken by what came before it."""

import asyncio

from shared.messaging.signal import Signal


async def test_all_who_wait_are_woken() -> None:
    signal = Signal()
    waiting = [asyncio.create_task(signal.after(signal.count, 10)) for _ in range(3)]
    await asyncio.sleep(0)
    signal.set()
    assert await asyncio.gather(*waiting) == [True, True, True]


async def test_what_came_during_a_look_is_not_waited_for() -> None:
    signal = Signal()
    before = signal.count
    signal.set()
    assert await signal.after(before, 0)


async def test_what_came_before_a_look_wakes_nobody() -> None:
    signal = Signal()
    signal.set()
    assert not await signal.after(signal.count, 0)
