"""The cells of the tables: many officers of one kind, looked at through a year. How many had a need, and by whom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from fairness.judging import judge, score_of
from fairness.looking import Sieve, looks
from fairness.methods import OTHERS
from fairness.officers import Work, Year, draw
from fairness.working import Workers
from services.evaluation.model.policy import ScoringPolicy

VOLUMES = (20, 60, 200, 600, 2000)
"""Services a quarter."""
RATIOS = (1.0, 1.25, 1.5, 2.0, 3.0)
COMPARED = (1.0, 2.0)
"""The other methods are tried where the work is as usual, and where it is twice as bad; and the year is scored."""


def plain(services: int, ratio: float) -> Work:
    """One day in a hundred takes everybody longer."""
    return Work(services, ratio)


def outages(services: int) -> Work:
    """As usual, but for a day in a hundred on which nearly everything is late."""
    return Work(services, bad_ratio=8.0)


def newcomer(services: int) -> Work:
    """As usual after eight weeks, in which a quarter more was late, and complained about, than is usual."""
    return Work(services, first_weeks=8, first_ratio=1.25)


@dataclass(frozen=True, slots=True)
class Cell:
    """Officers of one kind: which row of which table, and how they work."""

    row: str
    work: Work
    compared: bool = False


@dataclass(slots=True)
class Tried:
    """What became of officers: how many there were, how many had a need; per method the worst look of each officer;
    the discipline of those compared that had a score at the end of the year; and how many results were judged in full.
    """

    officers: int = 0
    needs: int = 0
    worst: dict[str, list[float]] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)
    judged: int = 0

    @property
    def share(self) -> float:
        """Of all officers, those with a need."""
        return self.needs / self.officers

    def add(self, other: "Tried") -> None:
        """Officers of another seed join."""
        self.officers += other.officers
        self.needs += other.needs
        self.judged += other.judged
        self.scores += other.scores
        for name, worst in other.worst.items():
            self.worst.setdefault(name, []).extend(worst)


def cells() -> list[Cell]:
    """All cells: by ratio, with outages, newcomers; each for every volume."""
    return [
        *(Cell(f"{ratio:.2f}", plain(n, ratio), ratio in COMPARED) for ratio in RATIOS for n in VOLUMES),
        *(Cell("outages", outages(n)) for n in VOLUMES),
        *(Cell("newcomers", newcomer(n)) for n in VOLUMES),
    ]


def run(
    policy: ScoringPolicy, officers: int, seeds: Sequence[int], workers: Workers, say: Callable[[int, int], None]
) -> Mapping[tuple[str, int], Tried]:
    """Try all cells with every seed; by row and services a quarter. `say` hears how many lots of how many are done."""
    jobs = [(cell, seed) for cell in sorted(cells(), key=lambda c: -c.work.services) for seed in seeds]
    found: dict[tuple[str, int], Tried] = {}
    made = workers.each(partial(try_cell, policy=policy, officers=officers), jobs)
    for done, ((cell, _), tried) in enumerate(zip(jobs, made, strict=True), 1):
        found.setdefault((cell.row, cell.work.services), Tried()).add(tried)
        say(done, len(jobs))
    return found


def try_cell(job: tuple[Cell, int], policy: ScoringPolicy, officers: int) -> Tried:
    """One cell with one seed."""
    (cell, seed), tried = job, Tried()
    for n in range(officers):
        year = draw(cell.work, policy, Random(f"{seed} {cell.row} {cell.work.services} {n}"))
        tried.add(_officer(year, cell, policy))
    return tried


def _officer(year: Year, cell: Cell, policy: ScoringPolicy) -> Tried:
    """One officer through the year. A need counts once; of those compared the end of the year is scored."""
    need, judged, sieve = False, 0, Sieve(policy)
    worst = {method.name: 0.0 for method in OTHERS if cell.compared}
    for day, tallies in looks(year, policy):
        if not need and sieve.passes(tallies):
            result = judge(year, day, policy)
            sieve.note(result, tallies)
            need, judged = bool(result.needs), judged + 1
        if cell.compared:
            worst = {one.name: max(worst[one.name], one.badness(tallies, policy)) for one in OTHERS}
        elif need:
            break
    score = score_of(judge(year, year.looks()[-1], policy), "discipline") if cell.compared else None
    scores = [] if score is None else [float(score)]
    return Tried(1, int(need), {name: [at] for name, at in worst.items()}, scores, judged + cell.compared)
