"""Readings and what they come to: medians with their spread, and the ratio of each pair to the limit beside it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import psutil

from benchmarks.stage import Stage, cpu_seconds


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement: a rate (things a second) and the CPU microseconds per thing, by process."""

    rate: float
    cpu: Mapping[str, float]

    @property
    def cpu_total(self) -> float:
        """All processes together."""
        return sum(self.cpu.values())


class Meter:
    """CPU of the servers and of one measured process, from its making on."""

    def __init__(self, stage: Stage, measured: psutil.Process) -> None:
        self.processes = {"process": measured, **stage.processes()}
        self.before = {name: cpu_seconds(process) for name, process in self.processes.items()}
        self.began = time.monotonic()

    def read(self, count: int, until: float) -> Reading:
        """The reading of `count` things that were done by `until` (monotonic seconds)."""
        spent = {name: cpu_seconds(process) - self.before[name] for name, process in self.processes.items()}
        return Reading(count / (until - self.began), {name: s / count * 1e6 for name, s in spent.items()})


def spread(values: Sequence[float], digits: int = 0) -> str:
    """`median (lowest-highest)`."""
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def ratios(ours: Sequence[float], limit: Sequence[float]) -> str:
    """Pair by pair, since the machine's speed drifts."""
    return spread([a / b for a, b in zip(ours, limit, strict=True)], 2)


def say(line: str) -> None:
    """A line of progress or of the result."""
    print(line, flush=True)  # noqa: T201
