"""A bug counts as caught only when the invariant that it breaks was told, and its services really had it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults import bugs
from tests.faults.audit import Contradiction, Sort
from tests.faults.bugs import BUGS, WAITS, Bug
from tests.faults.report import Outcome
from tests.faults.rows.matrix import ROWS, Row
from tests.faults.run import Waits
from tests.mutations.__main__ import ROOT
from tests.mutations.guard import listed

GUARDS = {guard.name: guard for guard in listed()}
F12 = next(bug for bug in BUGS if bug.row == "F12")
GREEN = Outcome("F12")
MISSED = Contradiction("I1", Sort.LOST, "complaint c opened an evaluation, and is still assigned", "c")
TOO_LARGE = Contradiction("I10", Sort.WRONG, "400 megabytes of a service, above 300")
UNDER_WAY = Contradiction("I6", Sort.WRONG, "not quiet after 60 s: training: 5 unread")


def verdict(outcome: Outcome, sound: Outcome = GREEN) -> str:
    return dict(zip(bugs.HEAD, bugs.line(F12, outcome, sound), strict=True))["verdict"]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.what)
def test_each_bug_is_a_guard_and_has_a_row_and_an_invariant(bug: Bug) -> None:
    assert set(bug.guards) <= GUARDS.keys()
    assert bug.row in {row.name for row in ROWS}
    assert bug.breaks in {f"I{n}" for n in range(1, 10)}


def test_only_its_invariant_catches_a_bug() -> None:
    """Weaker: whatever turns the row red will do, a machine that is too slow for its limits too."""
    caught = Outcome("F12", found=[TOO_LARGE, MISSED])
    assert verdict(caught) == "caught by I1"
    for outcome, sound in (
        (GREEN, GREEN),
        (Outcome("F12", wrong=["evaluation: first progress 4.0 s after the fault, above 3 s"]), GREEN),
        (Outcome("F12", found=[TOO_LARGE, UNDER_WAY]), GREEN),
        (caught, caught),
    ):
        assert verdict(outcome, sound) == "NOT CAUGHT by I1"


async def test_the_services_have_the_bug_while_its_row_runs_and_one_that_is_missed_fails_the_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Weaker: the row runs on the tree as it is, and its audit is blamed; or a missed bug is passed over."""
    (guard,) = (GUARDS[name] for name in F12.guards)
    whole = (ROOT / guard.file).read_text()
    found: dict[str, list[Contradiction]] = {whole: [], guard.out_of(whole): [MISSED]}

    async def run(rows: Sequence[Row], seed: int, tree: Path, waits: Waits) -> list[Outcome]:
        assert ([row.name for row in rows], seed, waits) == (["F12"], 7, WAITS)
        return [Outcome("F12", found=list(found[(tree / guard.file).read_text()]))]

    assert await bugs.all_caught(7, ["F12"], run)
    found[guard.out_of(whole)].clear()
    assert not await bugs.all_caught(7, ["F12"], run)
    assert "seed 7: 0 caught, 1 not caught" in capsys.readouterr().out
