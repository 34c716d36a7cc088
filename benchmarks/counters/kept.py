"""The counters that were accepted last, and what has grown since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).parent / "baseline.json"
TOLERATED = 1.05

Counters = Mapping[str, float]


def baseline() -> dict[str, float]:
    """The counters that were accepted last."""
    kept: dict[str, float] = json.loads(FILE.read_text())
    return kept


def accept(found: Counters) -> None:
    """These are the baseline from now on."""
    FILE.write_text(json.dumps(dict(found), indent=1) + "\n")


def grown(found: Counters, kept: Counters) -> list[str]:
    """In words: which are more than 5 % above the baseline, and which only one of the two knows."""
    lines = [
        f"{name}: {found[name]:g}, more than 5 % above the baseline of {value:g}"
        for name, value in kept.items()
        if found.get(name, 0.0) > value * TOLERATED
    ]
    return lines + [f"{name}: not in the baseline, or no longer counted" for name in sorted(found.keys() ^ kept.keys())]
