"""Readings and what they come to: rates and CPU with their spread, and ratios to the limit, pair by pair."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

import psutil

from benchmarks.goals import GOALS
from benchmarks.results import Results
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
    """CPU of the servers and of the measured processes, from its making on."""

    def __init__(self, stage: Stage, measured: Mapping[str, psutil.Process]) -> None:
        self.processes = {**measured, **stage.processes()}
        self.before = {name: cpu_seconds(process) for name, process in self.processes.items()}
        self.began = time.monotonic()

    def read(self, count: float, until: float) -> Reading:
        """The reading of `count` things that were done by `until` (monotonic seconds)."""
        spent = {name: cpu_seconds(process) - self.before[name] for name, process in self.processes.items()}
        return Reading(count / (until - self.began), {name: s / count * 1e6 for name, s in spent.items()})


def ratios(ours: Sequence[float], limit: Sequence[float]) -> list[float]:
    """Pair by pair, since the machine's speed drifts."""
    return [a / b for a, b in zip(ours, limit, strict=True)]


def rates(results: Results, title: str, unit: str, readings: Sequence[Reading]) -> None:
    """Rate, and CPU by process."""
    results.add(title, [r.rate for r in readings], f"{unit}/s")
    results.add(f"{title}: CPU s per 1,000 {unit}", [r.cpu_total / 1e3 for r in readings], "s")
    for name in readings[0].cpu if len(readings[0].cpu) > 1 else ():
        results.add(f"{title}: CPU s per 1,000 {unit}, {name}", [r.cpu[name] / 1e3 for r in readings], "s")


def compare(results: Results, goal: str, ours: Sequence[Reading], limit: Sequence[Reading]) -> None:
    """The ratio of the rates, and that of the CPU (`<goal> cpu` where that is a goal too)."""
    results.add(goal, ratios([r.rate for r in ours], [r.rate for r in limit]))
    cpu = f"{goal} cpu" if f"{goal} cpu" in GOALS else f"{GOALS[goal].says}: CPU ratio"
    results.add(cpu, ratios([r.cpu_total for r in ours], [r.cpu_total for r in limit]))


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """(p50, p99) in milliseconds."""
    cuts = quantiles([one * 1e3 for one in seconds], n=100, method="inclusive")
    return cuts[49], cuts[98]
