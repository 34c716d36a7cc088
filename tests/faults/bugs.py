"""`make faults BUGS=1`: the harness is tested. Services run with a bug, and the audit of a row must tell.

A bug is a guard that is taken out of a copy of the tree, as `make mutations` does; here the audit is asked and no test.
"""

from __future__ import annotations

import textwrap
import time
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from deploy.local.temporary import temporary_folder
from deploy.local.trouble import say
from tests.faults.report import Outcome, aligned, broken
from tests.faults.rows.matrix import ROWS, Row
from tests.faults.run import Waits
from tests.mutations.__main__ import copy
from tests.mutations.guard import listed

WAITS = Waits(fault=20.0, quiet=60.0, still=10.0)
"""With a bug many a fault comes to no end, and what is lost never moves again. Sessions and leases last 6 s."""
RATE = 50.0
"""Submissions a second, for as long as the fault lasts."""
HEAD = ("bug", "row", "seconds", "breaks", "verdict", "which says")
CAUGHT, NOT_CAUGHT = "caught by", "NOT CAUGHT by"
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Bug:
    """What is wrong, the guards without which it is so (of `make mutations`), the row and the invariant that tell."""

    what: str
    guards: tuple[str, ...]
    row: str
    breaks: str


BUGS = (
    Bug("offset committed before the database", ("position in the transaction",), "F1", "I7"),
    Bug("sequence check skipped", ("next of its key only",), "F12", "I1"),
    Bug("ON CONFLICT removed", ("ON CONFLICT of strangers",), "F11", "I7"),
    Bug("relay that reads id > last", ("snapshot windows",), "F20", "I9"),
    Bug("cursor moved before the ack", ("cursor behind the acknowledged",), "F1", "I9"),
    Bug("exception swallowed", ("a handler's failure is its batch's",), "F13", "I1"),
    Bug("dead letter outside the transaction", ("dead letter in the transaction",), "F13", "I7"),
    Bug("parked key not blocking its successors", ("parked key blocks its successors",), "F24", "I4"),
    Bug("dedupe key without recipient", ("recipient in the key of a delivery",), "F14", "I4"),
    Bug("acks=1, and nobody looks", ("acks of all", "a shorter topic is noticed"), "F4L", "I9"),
)


class Run(Protocol):
    """Runs rows under a seed on one stack, with the services of a tree, waiting for so long."""

    def __call__(self, rows: Sequence[Row], seed: int, tree: Path, waits: Waits) -> Awaitable[list[Outcome]]: ...


async def all_caught(seed: int, names: Sequence[str], run: Run) -> bool:
    """Whether the audit tells of each bug (of those of some rows, where they are named); says by which invariant.

    At last the same rows run without a bug: what is broken then has caught none.
    """
    bugs = [bug for bug in BUGS if not names or bug.row in names]
    rows = {row.name: replace(row, rate=RATE, after=RATE, least=1) for row in ROWS if row.name in {b.row for b in bugs}}
    guards = {guard.name: guard for guard in listed()}
    outcomes: dict[Bug, Outcome] = {}
    async with temporary_folder("bugs") as folder:
        tree = copy(folder / "tree")
        for bug in bugs:
            began = time.monotonic()
            say(f"{bug.what}: {guards[bug.guards[0]].why}")
            with ExitStack() as out:
                for name in bug.guards:
                    out.enter_context(guards[name].taken_out(tree))
                (outcomes[bug],) = await run([rows[bug.row]], seed, tree, WAITS)
            outcomes[bug].seconds = time.monotonic() - began
            say(f"  breaks {' '.join(broken(outcomes[bug].found)) or 'nothing'}")
        say("no bug")
        sound = {outcome.row: outcome for outcome in await run([*rows.values()], seed, tree, WAITS)}
    lines: list[tuple[str, ...]] = [HEAD]
    for bug in bugs:
        lines.append(line(bug, outcomes[bug], sound[bug.row]))
        if lines[-1][4].startswith(NOT_CAUGHT):
            _tell(seed, bug, outcomes[bug], sound[bug.row])
    for each in aligned(lines, str.ljust):
        say(each.rstrip())
    counts = list(_counts([verdict for *_, verdict, _ in lines[1:]]))
    say(f"seed {seed}: {', '.join(counts)}")
    return not any(verdict.startswith(NOT_CAUGHT) for *_, verdict, _ in lines)


def line(bug: Bug, outcome: Outcome, sound: Outcome) -> tuple[str, ...]:
    """One bug in the table. It is caught by its invariant, which holds without it; by no bound, nor by time."""
    new = [one for one in outcome.found if one.breaks not in broken(sound.found)]
    said = next((str(one) for one in new if one.breaks == bug.breaks), "")
    verdict = f"{CAUGHT if said else NOT_CAUGHT} {bug.breaks}"
    words = textwrap.shorten(said, WIDTH, placeholder=" ...")
    return (bug.what, bug.row, f"{outcome.seconds:.0f}", " ".join(broken(new)) or "-", verdict, words)


def _tell(seed: int, bug: Bug, outcome: Outcome, sound: Outcome) -> None:
    for told in outcome.told():
        say(f"seed {seed}, {bug.what}, {bug.row}: {told}")
    for told in sound.told():
        say(f"seed {seed}, no bug, {bug.row}: {told}")


def _counts(verdicts: Sequence[str]) -> Iterator[str]:
    for sort in (CAUGHT, NOT_CAUGHT):
        yield f"{sum(verdict.startswith(sort) for verdict in verdicts)} {sort.removesuffix(' by').lower()}"
