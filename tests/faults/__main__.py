"""`make faults`: faults under load, and an audit after each. `python -m tests.faults --seed 7 F1 F5` for some rows."""

from __future__ import annotations

import argparse
import logging
import math
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.local import interrupt
from deploy.local.kafka import LOCAL
from deploy.local.temporary import temporary_folder
from deploy.local.trouble import say
from tests.faults import bugs, long
from tests.faults.fleet import Fleet
from tests.faults.report import Outcome, summary, table
from tests.faults.rows.matrix import ROWS, Row
from tests.faults.run import PATIENT, Harness, Waits

KEPT = LOCAL / "faults"
MINUTES = 60.0
"""Of --long, where none are given."""


async def main(options: argparse.Namespace) -> int:
    """Run what was asked for; gives the exit code: 1 if any row is red."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a hundred lines for each second without a broker
    began = time.monotonic()
    if options.bugs:
        return 0 if await bugs.all_caught(options.seed, options.rows, run) else 1
    if options.long:
        outcomes = await long.pairs_for(options.minutes or MINUTES, options.seed, run)
    else:
        outcomes = await run(chosen(options), options.seed)
    for line in table(outcomes):
        say(line)
    say(f"seed {options.seed}, {time.monotonic() - began:.0f} s: {summary(outcomes)}")
    return 1 if any(outcome.is_red for outcome in outcomes) else 0


async def run(rows: Sequence[Row], seed: int, tree: Path | None = None, waits: Waits = PATIENT) -> list[Outcome]:
    """Run rows, those that need as many brokers on one stack, which then is gone.

    Of red ones it is told what is wrong, and the logs are kept. With a `tree` its services run, of which nobody
    wonders that they are red: who asked for them tells of it.
    """
    outcomes: list[Outcome] = []
    for brokers in sorted({row.brokers for row in rows}):
        outcomes += await _on_a_stack([row for row in rows if row.brokers == brokers], seed, tree, waits)
    return outcomes


async def _on_a_stack(rows: Sequence[Row], seed: int, tree: Path | None, waits: Waits) -> list[Outcome]:
    began = time.monotonic()
    say(f"seed {seed}: {' '.join(row.name for row in rows)}")
    async with temporary_folder("faults") as folder, Fleet(folder, tree, rows[0].brokers) as fleet:
        harness = Harness(fleet, seed, waits)
        await harness.prepare(rows)
        say(f"the stack is up and its district known after {time.monotonic() - began:.0f} s")
        outcomes = [await harness.run(row) for row in rows]
        red = [outcome for outcome in outcomes if outcome.is_red]
        if red and tree is None:
            keep(folder / "log", red, seed)
    return outcomes


def keep(logs: Path, red: Sequence[Outcome], seed: int) -> None:
    """What the red rows tell, and the logs of all processes where they outlive this run."""
    for outcome in red:
        for line in outcome.told():
            say(f"seed {seed}, {outcome.row} RED: {line}")
    shutil.copytree(logs, KEPT, dirs_exist_ok=True)
    say(f"the logs are in {KEPT}")


def chosen(options: argparse.Namespace) -> list[Row]:
    """The rows that were named; none named: the quick ones, or all."""
    if options.rows:
        return [row for row in ROWS if row.name in options.rows]
    return [row for row in ROWS if row.always or options.all]


def minutes(given: str) -> float:
    """A time on the command line. Raises ValueError for what is none."""
    if not 0 < (number := float(given)) < math.inf:
        raise ValueError(f"{given} is no time")
    return number


def asked(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser("make faults", usage=argparse.SUPPRESS, description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of {' '.join(names)} (default: the quick ones)")
    parser.add_argument("--all", action="store_true", help="every row")
    parser.add_argument("--long", action="store_true", help="random pairs of faults instead, until one fails")
    parser.add_argument(
        "--bugs", action="store_true", help="bugs in the services instead: each must be caught by its row"
    )
    parser.add_argument("--minutes", type=minutes, help=f"--long for so long (default: {MINUTES:.0f})")
    options = parser.parse_args(words)
    if unknown := set(options.rows) - set(names):
        parser.error(f"no row {' '.join(sorted(unknown))}: choose from {' '.join(names)}")
    if options.long and (options.rows or options.bugs):
        parser.error("--long draws its pairs of faults by itself: name no row, and no --bugs")
    if options.all and (options.rows or options.bugs or options.long):
        parser.error("--all is every row: name none, and neither --bugs nor --long")
    if options.minutes is not None and not options.long:
        parser.error("--minutes is how long --long takes: ask for that, too")
    met = {bug.row for bug in bugs.BUGS}
    if options.bugs and (sound := set(options.rows) - met):
        parser.error(f"no bug is met by {' '.join(sorted(sound))}: choose from {' '.join(sorted(met))}")
    return options


if __name__ == "__main__":
    sys.exit(interrupt.run(main(asked())))
