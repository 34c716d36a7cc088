"""How long what runs here is waited for: on a busy machine longer, by as much as others use it."""

from __future__ import annotations

import os


def patience(seconds: float) -> float:
    """So many seconds where the machine is ours alone; more by the load on each of its processors, as it is now."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
