"""`make faults`: faults under load, and an audit after each. `python -m tests.faults --seed 7 F1 F5` for some rows."""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import time
from pathlib import Path

from deploy.local.kafka import LOCAL
from deploy.local.temporary import temporary_folder
from deploy.local.trouble import say
from tests.faults.fleet import Fleet
from tests.faults.rows.matrix import ROWS, Row
from tests.faults.run import Harness, Outcome

KEPT = LOCAL / "faults"
HEAD = ("row", "submissions", "in flight", "recovery", "contradictions", "seconds")


async def main(rows: list[Row], seed: int) -> int:
    """Run the rows on one stack; gives the exit code."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a hundred lines for each second without a broker
    began = time.monotonic()
    say(f"seed {seed}: {' '.join(row.name for row in rows)}")
    async with temporary_folder("faults") as folder, Fleet(folder) as fleet:
        harness = Harness(fleet, seed)
        await harness.prepare(rows)
        say(f"the stack is up and its district known after {time.monotonic() - began:.0f} s")
        outcomes = [await harness.run(row) for row in rows]
        table(outcomes)
        red = [outcome for outcome in outcomes if outcome.is_red]
        if red:
            keep(folder / "log", red)
    say(f"seed {seed}, {time.monotonic() - began:.0f} s: {len(outcomes) - len(red)} of {len(outcomes)} rows green")
    return 1 if red else 0


def keep(logs: Path, red: list[Outcome]) -> None:
    """What the red rows tell, and the logs of all processes where they outlive this run."""
    for outcome in red:
        for line in outcome.told:
            say(f"{outcome.row} RED: {line}")
    shutil.copytree(logs, KEPT, dirs_exist_ok=True)
    say(f"the logs are in {KEPT}")


def table(outcomes: list[Outcome]) -> None:
    """One line a row."""
    say(" | ".join(f"{word:>14}" for word in HEAD))
    for one in outcomes:
        cells = (one.row, one.submissions, one.in_flight, one.recovery, len(one.wrong), f"{one.seconds:.1f}")
        say(" | ".join(f"{cell!s:>14}" for cell in cells))


if __name__ == "__main__":
    named = {row.name: row for row in ROWS}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of {' '.join(named)} (default: the quick ones)")
    parser.add_argument("--all", action="store_true", help="every row")
    options = parser.parse_args()
    unknown = set(options.rows) - named.keys()
    if unknown:
        parser.error(f"no row {' '.join(sorted(unknown))}: choose from {' '.join(named)}")
    chosen = [row for row in ROWS if options.all or row.name in options.rows or (row.always and not options.rows)]
    sys.exit(asyncio.run(main(chosen, options.seed)))
