"""Takes the guards out one at a time: `make mutations`, for some of them `make mutations ARGS="epoch sweeper"`."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from deploy.local.stack import Stack
from deploy.local.temporary import temporary_folder
from tests.mutations import verdict
from tests.mutations.guard import Guard, WrongEntry, listed

ROOT = Path(__file__).parents[2]
WORKERS = 2


async def main() -> int:
    """Exit code 0 only if every guard is missed by its test."""
    parser = argparse.ArgumentParser(prog="make mutations", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a part of a guard's name (default: all guards)")
    names = parser.parse_args().names
    guards = [g for g in listed() if not names or any(name in g.name for name in names)]
    async with temporary_folder("mutations") as folder, Stack(folder / "stack", programs=[]) as stack:
        await asyncio.gather(stack.start("kafka"), stack.start("postgres"))
        servers = {"SALOR_TEST_KAFKA": stack.kafka, "SALOR_TEST_POSTGRES": stack.postgres_url()}
        proof = Proof(guards, {**os.environ, **servers})
        await proof.run([copy(folder / f"tree{n}") for n in range(WORKERS)])
    caught = list(proof.missing.values()).count(None)
    print(f"{caught} of {len(guards)} caught")
    return 0 if guards and caught == len(guards) else 1


def copy(to: Path) -> Path:
    """The tree without what was installed, hidden or made."""
    shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(".*", "__pycache__", "node_modules"))
    return to


class Proof:
    """Runs each guard's test with the guard and without it. `missing`: by guard, what is missing to call it caught."""

    def __init__(self, guards: Sequence[Guard], environment: Mapping[str, str]) -> None:
        self.guards, self.environment = guards, environment
        self.unmutated: dict[str, str] = {}
        self.missing: dict[str, str | None] = {}

    async def run(self, trees: Sequence[Path]) -> None:
        """All tests with all guards in place; then each without its guard, in as many trees side by side."""
        began, nodes = time.monotonic(), sorted({guard.test for guard in self.guards})
        lots = [nodes[n :: len(trees)] for n in range(len(trees))]
        await asyncio.gather(*(self._run_unmutated(tree, lot) for tree, lot in zip(trees, lots, strict=True) if lot))
        print(f"{len(nodes)} tests with all guards in place ({time.monotonic() - began:.0f} s)", flush=True)
        waiting = iter(self.guards)
        await asyncio.gather(*(self._run_mutated(tree, waiting) for tree in trees))

    async def _run_unmutated(self, tree: Path, nodes: Sequence[str]) -> None:
        self.unmutated |= await verdict.run(tree, nodes, self.environment)

    async def _run_mutated(self, tree: Path, waiting: Iterator[Guard]) -> None:
        for guard in waiting:
            began = time.monotonic()
            missing = self.missing[guard.name] = await self._missing(tree, guard)
            said = f"caught by {guard.test.partition('::')[2]}" if missing is None else f"NOT CAUGHT: {missing}"
            at, seconds = f"{len(self.missing)}/{len(self.guards)}", time.monotonic() - began
            print(f"[{at}] {guard.name}: {said} ({seconds:.1f} s)", flush=True)

    async def _missing(self, tree: Path, guard: Guard) -> str | None:
        before = verdict.of_node(self.unmutated, guard.test)
        if not before or set(before) != {verdict.GREEN}:
            return f"{guard.test} with the guard in place: {', '.join(before) or self.unmutated.get('', 'not found')}"
        try:
            with guard.taken_out(tree):
                after = set((await verdict.run(tree, [guard.test], self.environment)).values())
        except WrongEntry as error:
            return str(error)
        return None if verdict.RED in after <= {verdict.RED, verdict.GREEN} else f"{guard.test}: {', '.join(after)}"


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
