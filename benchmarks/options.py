"""What a run may be asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`scale` is the per cent of the usual amount of work; `pairs` the measurements of each side, in turn."""

    pairs: int = 3
    scale: int = 100
    stored: int = 5_000
    hold_seconds: int = 5
    soak_minutes: int = 10
    accept: bool = False

    def scaled(self, usual: float) -> int:
        """An amount of work, at least one."""
        return max(1, round(usual * self.scale / 100))
