"""How many random runs: a few by default, more by `SALOR_SEEDS=100`, one certain one by `SALOR_SEED=17`."""

from __future__ import annotations

import os

ONE = os.environ.get("SALOR_SEED")
SEEDS = [int(ONE)] if ONE else list(range(int(os.environ.get("SALOR_SEEDS", "3"))))
