"""F22: two faults at once, drawn from a seed; and of a schedule that fails, the shortest that still does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from deploy.local.stack import SERVICES

KINDS: dict[str, tuple[str, ...]] = {
    "kafka": ("kill",),
    "postgres": ("stop at once", "cut"),
    **dict.fromkeys(SERVICES, ("kill", "sleep", "restart")),
}
"""What can happen to whom."""
LATEST_SECONDS = 4.0
LASTS_SECONDS = (0.5, 8.0)
SUBMISSIONS = 1_000
FEWEST = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to whom: after so many seconds of load, for so many seconds."""

    target: str
    kind: str
    after: float
    lasts: float

    def __str__(self) -> str:
        return f"{self.kind} {self.target} after {self.after:.1f} s for {self.lasts:.1f} s"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Faults, never two of one target, and the submissions that they meet. `seed` repeats all else."""

    seed: int
    faults: tuple[Fault, ...]
    submissions: int = SUBMISSIONS

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.submissions} submissions: {'; '.join(map(str, self.faults))}"

    def shorter(self) -> Iterator[Schedule]:
        """Each fault alone; half the load."""
        if len(self.faults) > 1:
            yield from (replace(self, faults=(fault,)) for fault in self.faults)
        if self.submissions // 2 >= FEWEST:
            yield replace(self, submissions=self.submissions // 2)


def draw(seed: int) -> Schedule:
    """The same for the same seed."""
    chance = Random(seed)
    return Schedule(seed, tuple(_fault(chance, target) for target in chance.sample(sorted(KINDS), 2)))


def _fault(chance: Random, target: str) -> Fault:
    kind = chance.choice(KINDS[target])
    return Fault(target, kind, round(chance.uniform(0, LATEST_SECONDS), 1), round(chance.uniform(*LASTS_SECONDS), 1))


async def shrink(schedule: Schedule, fails: Callable[[Schedule], Awaitable[bool]]) -> Schedule:
    """The shortest that still fails, of those that leave out one thing after the other."""
    for shorter in schedule.shorter():
        if await fails(shorter):
            return await shrink(shorter, fails)
    return schedule
