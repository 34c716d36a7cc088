"""A service that a signal of its own meets at one point: `python -m tests.faults.crashing SERVICE POINT NTH SIGNAL`.

`before_commit` and `after_commit` count batches, `before_send` and `after_send` batches of records,
`before_offsets` and `after_offsets` commits of Kafka's offsets. Nothing in the service knows of it.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.db import Connection
from shared.messaging import consumer
from shared.messaging.runner import Door, Runner
from shared.messaging.tx import Tx
from shared.messaging.waves import Work
from shared.service import main

POINTS = tuple(f"{when}_{what}" for what in ("commit", "send", "offsets") for when in ("before", "after"))
EVENTS = "events"
OFFSETS_SECONDS = 0.3
"""Offsets follow more often than in production, or a life would wait for them longest."""


class Trap:
    """Snaps when its point is passed for the n-th time after the first batch of events (then it has joined)."""

    def __init__(self, point: str, nth: int, number: signal.Signals) -> None:
        self.point, self.left, self.number = point, nth, number
        self.joined = False
        self.on_first_batch: Callable[[], None] = lambda: None

    def passing(self, point: str) -> None:
        """Count; at the n-th pass the process gets the signal."""
        if not self.joined or point != self.point:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), self.number)


class Trapped:
    """A door whose batch passes `before_commit` when all is written."""

    def __init__(self, door: Door, trap: Trap) -> None:
        self.door, self.trap, self.name = door, trap, door.name

    @property
    def size(self) -> int:
        return self.door.size

    async def open(self, connection: Connection) -> tuple[datetime, Sequence[Work]]:
        return await self.door.open(connection)

    async def close(self, tx: Tx) -> None:
        await self.door.close(tx)
        self.trap.passing("before_commit")


def set_up(trap: Trap) -> None:
    """Put the trap around commits, sends and offset commits."""
    run, send, commit = Runner.run, AIOKafkaProducer.send_batch, AIOKafkaConsumer.commit

    async def trapped_run(self: Runner, door: Door) -> Tx:
        tx = await run(self, Trapped(door, trap))
        if door.name == EVENTS and not trap.joined:
            trap.joined = True
            trap.on_first_batch()
        trap.passing("after_commit")
        return tx

    async def trapped_send(self: AIOKafkaProducer, *arguments: Any, **named: Any) -> asyncio.Future[Any]:
        trap.passing("before_send")
        sent: asyncio.Future[Any] = await send(self, *arguments, **named)
        sent.add_done_callback(lambda _: trap.passing("after_send"))
        return sent

    async def trapped_commit(self: AIOKafkaConsumer, *arguments: Any) -> None:
        trap.passing("before_offsets")
        await commit(self, *arguments)
        trap.passing("after_offsets")

    Runner.run = trapped_run  # type: ignore[method-assign]
    AIOKafkaProducer.send_batch = trapped_send
    AIOKafkaConsumer.commit = trapped_commit
    consumer.COMMIT_SECONDS = OFFSETS_SECONDS


if __name__ == "__main__":
    service, point, nth, number = sys.argv[1:]
    set_up(Trap(point, int(nth), signal.Signals[number]))
    main(importlib.import_module(f"services.{service}.app").service)
