"""Evaluation with a handler that now and then sleeps past its session: `python -m tests.faults.slow FILE`.

While the file is there, the next call takes it away and sleeps. Each assignment of partitions is noted beside it, so
that rebalances can be counted.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from aiokafka import TopicPartition

from services.evaluation.actions import complaints
from services.evaluation.app import service
from shared.messaging.consumer import Consumer
from shared.messaging.tx import Tx
from shared.service import main

SLEEP_SECONDS = 9.0
"""Longer than a session of the rows (6 s), shorter than a transaction may stand idle (15 s)."""


def arm(file: Path) -> None:
    """Let the next call sleep."""
    file.touch()


def assignments(file: Path) -> Path:
    """Where they are noted: how many partitions, a line each time."""
    return file.with_suffix(".assigned")


def set_up(file: Path) -> None:
    """Put the sleep in front of the verb, and the note in front of the assignment."""
    evaluate, place = complaints.evaluate, Consumer.on_partitions_assigned

    async def slow(tx: Tx, causes: Sequence[complaints.Filed]) -> None:
        if _taken(file):
            await asyncio.sleep(SLEEP_SECONDS)
        await evaluate(tx, causes)

    async def noted(self: Consumer, assigned: Sequence[TopicPartition]) -> None:
        with assignments(file).open("a") as notes:
            notes.write(f"{len(assigned)}\n")
        await place(self, assigned)

    complaints.evaluate = slow
    Consumer.on_partitions_assigned = noted  # type: ignore[method-assign]


def _taken(file: Path) -> bool:
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


if __name__ == "__main__":
    set_up(Path(sys.argv[1]))
    main(service)
