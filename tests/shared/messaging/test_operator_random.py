"""Any sequence of arrivals, sweeps, mends and decisions against an oracle without a database.

`SALOR_SEEDS=100` runs as many seeds, `SALOR_SEED=17` that one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from shared.errors import Problem
from shared.messaging.decisions import Verb
from tests.shared.messaging.operator import id_of, take
from tests.shared.messaging.play import happened
from tests.shared.messaging.seeds import SEEDS
from tests.shared.messaging.world import Replica, World

LIVES = ("", "", "", "", "x", "y")
STEPS = 60


@dataclass
class Oracle:
    """One key as the protocol says, in the simplest words: what is applied, and what waits under which reason."""

    seen: int = 0
    life: str | None = None
    rows: dict[tuple[int, str], str] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)
    poison: set[str] = field(default_factory=set)

    @property
    def blocked(self) -> bool:
        return "regression" in self.rows.values()

    def open(self, sequence: int) -> dict[str, str]:
        return {life: why for (n, life), why in self.rows.items() if n == sequence and why != "settled"}

    def arrive(self, sequence: int, life: str) -> None:
        if (sequence, life) in self.rows or sequence < self.seen:
            return
        if sequence == self.seen:
            if self.life not in (None, life):
                self.rows[sequence, life] = "regression"
        elif self.open(sequence):
            self.rows[sequence, life] = "regression"
        elif self.blocked or sequence > self.seen + 1:
            self.rows[sequence, life] = "gap"
        else:
            self.run(sequence, life)

    def run(self, sequence: int, life: str) -> None:
        label = f"a{sequence}{life}"
        if label in self.poison:
            self.rows[sequence, life] = "failed"
            return
        self.rows.pop((sequence, life), None)
        self.seen, self.life = sequence, life
        self.trail.append(label)

    def sweep(self) -> None:
        while not self.blocked and "gap" in self.open(self.seen + 1).values():
            ((life, _),) = self.open(self.seen + 1).items()
            self.run(self.seen + 1, life)

    def take(self, verb: Verb, sequence: int, life: str) -> bool:
        """Whether the decision is taken."""
        if not any(why != "settled" for why in self.rows.values()):
            return False
        return {
            Verb.REPLAY: self.replay,
            Verb.DISCARD: self.discard,
            Verb.SKIP: self.skip,
            Verb.SETTLE: self.settle,
            Verb.ADOPT: self.adopt,
        }[verb](sequence, life)

    def replay(self, sequence: int, life: str) -> bool:
        here = self.open(self.seen + 1)
        if self.blocked or sequence != self.seen + 1 or not here:
            return False
        self.rows.update({(sequence, each): "gap" for each in here})
        return True

    def discard(self, sequence: int, life: str) -> bool:
        if self.blocked or sequence != self.seen + 1 or not self.open(sequence):
            return False
        ((held, _),) = self.open(sequence).items()
        del self.rows[sequence, held]
        self.seen, self.life = sequence, held
        return True

    def skip(self, sequence: int, life: str) -> bool:
        if self.blocked or sequence != self.seen + 1 or self.open(sequence):
            return False
        self.seen, self.life = sequence, None
        return True

    def settle(self, sequence: int, life: str) -> bool:
        if self.rows.get((sequence, life)) != "regression":
            return False
        self.rows[sequence, life] = "settled"
        return True

    def adopt(self, sequence: int, life: str) -> bool:
        if self.rows.get((sequence, life)) != "regression":
            return False
        for other in self.open(sequence):
            self.rows[sequence, other] = "settled"
        self.rows[sequence, life] = "gap"
        if sequence == self.seen:
            self.rows[sequence, self.life or ""] = "settled"
            self.seen, self.life = sequence - 1, None
        return True


@pytest.mark.parametrize("seed", SEEDS)
async def test_decisions_and_arrivals_in_any_order_end_as_the_oracle_says(world: World, seed: int) -> None:
    """Weaker: a verb that is right alone, and wrong after another."""
    choose = random.Random(seed)
    replica, oracle = await world.replica(), Oracle()
    for _ in range(STEPS):
        done = await _step(world, replica, oracle, choose)
        rows = sorted((n, why) for (n, _), why in oracle.rows.items())
        found = sorted((n, why) for _, n, why in await world.parked())
        state = (await world.seen("a"), found, await world.trail("history.v1 a"))
        assert state == (oracle.seen, rows, oracle.trail), f"seed {seed}, after {done}"


async def _step(world: World, replica: Replica, oracle: Oracle, choose: random.Random) -> str:
    sequence = max(1, oracle.seen + choose.choice((-1, 0, 1, 1, 1, 1, 2, 3)))
    life = choose.choice(LIVES)
    what = choose.choice(("arrive",) * 4 + ("sweep", "poison", "poison", "mend", *Verb))
    if what == "arrive":
        await replica.settle([happened(f"a{sequence}", other=life)])
        oracle.arrive(sequence, life)
    elif what == "sweep":
        await replica.sweep()
        oracle.sweep()
    elif what == "poison":
        oracle.poison = world.play.poison = {f"a{oracle.seen + 1}{each}" for each in LIVES}
    elif what == "mend":
        oracle.poison = world.play.poison = set()
    else:
        await _decide(replica, oracle, Verb(what), sequence, life)
    return f"{what} {sequence}{life}"


async def _decide(replica: Replica, oracle: Oracle, verb: Verb, sequence: int, life: str) -> None:
    more = {"event_id": id_of(happened(f"a{sequence}", other=life))} if verb in (Verb.SETTLE, Verb.ADOPT) else {}
    try:
        taken = bool(await take(replica, verb, "a", sequence, **more))
    except Problem:
        taken = False
    assert taken is oracle.take(verb, sequence, life), f"{verb} {sequence}{life}"
