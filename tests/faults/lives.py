"""A service that dies again and again: `python -m tests.faults.lives SERVICE NOTES POINT:NTH ...`.

Each life is a process of its own, forked from this one when the code is loaded, so that a death costs no second of
imports. NOTES tells when a trap ended a life, and when the next one had settled its first batch.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.service import Service, main
from tests.faults.crashing import Trap, set_up

DIED, FIRST = "died", "first-batch"
NEVER = 10**9


@dataclass(frozen=True, slots=True)
class Note:
    """What happened when (seconds of the system's clock), and for how long the life had waited for a core by then."""

    what: str
    at: float
    waited: float
    point: str


def read(notes: Path) -> list[Note]:
    """What happened so far; a line that is being written does not count yet."""
    whole, _, _ = notes.read_text().rpartition("\n") if notes.exists() else ("", "", "")
    lines = [line.split() for line in whole.splitlines()]
    return [Note(what, float(at), float(waited), point) for what, at, waited, point in lines]


def _note(notes: Path, what: str, point: str = "-") -> None:
    with notes.open("a") as told:
        told.write(f"{what} {time.time()} {_waited()} {point}\n")


def _waited() -> float:
    try:
        return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0  # a system that does not tell


def live(service: Service, traps: Sequence[Trap], notes: Path) -> None:
    """One life after the other, until one ends in another way than by its trap."""
    for trap in traps:
        if not _died(_born(service, trap, notes)):
            return
        _note(notes, DIED, trap.point)
    _died(_born(service, Trap("never", NEVER, signal.SIGKILL), notes))


def _born(service: Service, trap: Trap, notes: Path) -> int:
    child = os.fork()
    if child:
        signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
        return child
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    trap.on_first_batch = lambda: _note(notes, FIRST)
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
