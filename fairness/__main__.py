"""`make fairness`: the instrument's promises tried on invented officers; fails where one is broken."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local.trouble import say
from fairness import tables
from fairness.attacks import attacks, hard_units
from fairness.bounds import bounds
from fairness.cells import run
from fairness.judging import LinesDiffer
from fairness.pages import write
from fairness.policy import of_file, shipped

SEEDS = (1, 2, 3)
OFFICERS = 1000


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
        found = run(policy, options.officers, options.seeds, options.workers, _progress)
        attacked = attacks(policy)
        hard = hard_units(policy, options.officers, options.seeds)
    except LinesDiffer as error:
        say(f"BROKEN {error}")
        return 1
    held = bounds(found, attacked)
    for table in (tables.needs(found), tables.attacks(attacked, hard, policy), tables.bounds(held)):
        say("\n" + "\n".join(table))
    if options.pages:
        write(options.pages, policy, found)
    return 0 if all(bound.holds for bound in held) else 1


def _progress(line: str) -> None:
    """On the terminal only: a line that the next one replaces."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{line}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
