"""Readings and what they come to: medians with their spread, and the ratio of each pair to the limit beside it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import psutil

from benchmarks.stage import Stage, cpu_seconds
from deploy.local.trouble import say


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


def report(title: str, unit: str, ours: list[Reading], limit: list[Reading]) -> None:
    """Rate and CPU of both, and their ratios."""
    rates = [r.rate for r in ours], [r.rate for r in limit]
    cpus = [r.cpu_total for r in ours], [r.cpu_total for r in limit]
    say(f"{title}: {spread(rates[0])} {unit}; limit {spread(rates[1])}; ratio {ratios(*rates)}")
    say(f"    CPU us each: {spread(cpus[0], 1)}; limit {spread(cpus[1], 1)}; ratio {ratios(*cpus)}")
    for name in ours[0].cpu:
        mine, theirs = [r.cpu[name] for r in ours], [r.cpu[name] for r in limit]
        say(f"        {name}: {spread(mine, 1)}; limit {spread(theirs, 1)}")
