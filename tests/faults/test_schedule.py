"""Schedules are repeated by their seed, and shrink to what still fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from tests.faults.long import pairs_for
from tests.faults.report import Outcome
from tests.faults.rows.matrix import Row
from tests.faults.schedule import FEWEST, KINDS, SUBMISSIONS, Fault, Schedule, draw, shrink

A, B = Fault("kafka", "kill", 1, 2), Fault("training", "sleep", 0, 3)
BOTH = Schedule(7, (A, B))


def failing(holds: Callable[[Schedule], bool]) -> tuple[Callable[[Schedule], Awaitable[bool]], list[Schedule]]:
    """A run that fails where something holds, and the schedules that it was asked to run."""
    asked: list[Schedule] = []

    async def fails(schedule: Schedule) -> bool:
        asked.append(schedule)
        return holds(schedule)

    return fails, asked


def test_a_seed_draws_the_same_schedule_again_and_never_two_faults_of_one_target() -> None:
    assert draw(7) == draw(7) != draw(8)
    drawn = [draw(seed) for seed in range(300)]
    assert all(len({fault.target for fault in schedule.faults}) == 2 for schedule in drawn)
    met = {(fault.target, fault.kind) for schedule in drawn for fault in schedule.faults}
    assert met == {(target, kind) for target, kinds in KINDS.items() for kind in kinds}


async def test_what_one_fault_does_alone_is_told_of_that_fault_and_of_the_smallest_load() -> None:
    fails, _ = failing(lambda schedule: B in schedule.faults)
    shortest = await shrink(BOTH, fails)
    assert shortest.faults == (B,)
    assert FEWEST <= shortest.submissions < 2 * FEWEST


async def test_what_needs_both_faults_and_some_load_keeps_them() -> None:
    fails, asked = failing(lambda schedule: len(schedule.faults) == 2 and schedule.submissions >= SUBMISSIONS // 2)
    shortest = await shrink(BOTH, fails)
    assert shortest == Schedule(7, (A, B), SUBMISSIONS // 2)
    assert len(asked) == 6, "each alone and half the load, and once more of the half"


async def test_a_long_run_takes_one_seed_after_the_other_until_one_fails_and_shrinks_that_one() -> None:
    runs: list[tuple[int, int]] = []

    async def run(rows: Sequence[Row], seed: int) -> list[Outcome]:
        runs.extend((seed, row.least) for row in rows)
        return [Outcome(row.name, wrong=["red"] if seed == 8 and row.least == SUBMISSIONS else []) for row in rows]

    outcomes = await pairs_for(60, 7, run)
    assert [outcome.is_red for outcome in outcomes] == [False, True]
    assert runs[:3] == [(7, SUBMISSIONS), (8, SUBMISSIONS), (8, SUBMISSIONS)], "then the first fault of it alone"
    assert (await pairs_for(0, 7, run))[0].row == "F22", "one at least"
