"""`make fairness`: the instrument's promises tried on invented officers; fails where one is broken."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import monotonic

from deploy.local.trouble import say
from fairness import tables
from fairness.attacks import attacks, hard_units
from fairness.bounds import bounds
from fairness.cells import run
from fairness.judging import LinesDiffer
from fairness.pages import write
from fairness.policy import of_file, shipped
from fairness.working import workers

SEEDS = (1, 2, 3)
OFFICERS = 1000
LINE_EACH = 20


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="fairness", description=__doc__)
    parser.add_argument("--officers", type=int, default=OFFICERS, help="of each cell and seed (30 for a quick look)")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--policy", type=Path, help="a policy file to try before it is in force (default: the shipped)")
    parser.add_argument("--pages", type=Path, help="the folder whose pages and plots to bring up to date")
    options = parser.parse_args(arguments)
    policy = of_file(options.policy) if options.policy else shipped()
    seeds = ", ".join(map(str, options.seeds))
    say(f"Scoring policy {policy.version}. Everybody here is invented, drawn from the seeds {seeds}.")
    try:
        with workers(options.workers) as pool:
            found = run(policy, options.officers, options.seeds, pool, partial(_progress, monotonic()))
            hard = hard_units(policy, options.officers, options.seeds, pool)
        attacked = attacks(policy)
    except LinesDiffer as error:
        say(f"BROKEN {error}")
        return 1
    held = bounds(found, attacked)
    for table in (tables.needs(found), tables.attacks(attacked, hard, policy), tables.bounds(held)):
        say("\n" + "\n".join(table))
    if options.pages:
        write(options.pages, policy, options.seeds, found, hard)
    return 0 if all(bound.holds for bound in held) else 1


def _progress(began: float, done: int, lots: int) -> None:
    """On the terminal a line that the next one replaces; elsewhere a line now and then."""
    last = done == lots
    if sys.stderr.isatty() or last or done % LINE_EACH == 0:
        line = f"{done} of {lots} lots of officers tried, {monotonic() - began:.0f} s"
        sys.stderr.write(f"\r{line}" if sys.stderr.isatty() and not last else f"{line}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
