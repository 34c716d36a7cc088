"""A service that dies again and again: `python -m tests.faults.lives SERVICE NOTES POINT:NTH ...`.

Each life is a process of its own, forked from this one when the code is loaded, so that a death costs no second of
imports. A line in NOTES tells of each that a trap ended; the last life has no trap.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.service import Service, main
from tests.faults.crashing import Trap, set_up


def live(service: Service, traps: Sequence[Trap], notes: Path) -> None:
    """One life after the other, until one ends in another way than by its trap."""
    for trap in traps:
        if not _died(_born(service, trap)):
            return
        with notes.open("a") as told:
            told.write(f"{trap.point}\n")
    _died(_born(service, None))


def _born(service: Service, trap: Trap | None) -> int:
    child = os.fork()
    if child:
        signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
        return child
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if trap is not None:
        set_up(trap)
    main(service)
    os._exit(0)


def _died(child: int) -> bool:
    """Whether SIGKILL ended it."""
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


if __name__ == "__main__":
    name, file, *planned = sys.argv[1:]
    points = [plan.split(":") for plan in planned]
    loaded = importlib.import_module(f"services.{name}.app").service
    live(loaded, [Trap(point, int(nth), signal.SIGKILL) for point, nth in points], Path(file))
