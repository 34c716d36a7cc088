"""The breaker opens for a bad deployment, soon; for poisoned keys and for what strangers send, never."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.messaging.breaker import Breaker, BreakerOpen
from tests.shared.messaging.play import HISTORY, Written, happened, record, several
from tests.shared.messaging.world import World

LIMIT = 5
KINDS, KEYS = st.sampled_from(["x", "y"]), st.integers(0, 40).map(str)
DEAD = "SELECT count(*) FROM dead_letter"


class Against(RuleBasedStateMachine):
    """The breaker against a count: keys that failed, less what succeeded since, per type."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(LIMIT)
        self.known: dict[str, list[str]] = {"x": [], "y": []}

    @rule(kind=KINDS, key=KEYS)
    def fail(self, kind: str, key: str) -> None:
        known = self.known[kind]
        if len(known) < LIMIT and key not in known:
            known.append(key)
        stopped = False
        try:
            self.breaker.fail(kind, key)
        except BreakerOpen:
            stopped = True
        assert stopped == (len(known) == LIMIT), "nothing is parked while it is open, all is while it is closed"

    @rule(kind=KINDS, count=st.integers(1, 8))
    def succeed(self, kind: str, count: int) -> None:
        del self.known[kind][:count]
        self.breaker.succeed(kind, count)

    @invariant()
    def is_open_for_the_types_at_fault(self) -> None:
        assert self.breaker.open == [kind for kind, known in self.known.items() if len(known) == LIMIT]


TestAgainst = Against.TestCase


async def test_a_few_poisoned_keys_among_many_good_ones_never_open_it(world: World) -> None:
    """Weaker: failures are summed up for as long as the process lives, and one day it stops for no reason."""
    replica = await world.replica()
    replica.inbox.breaker.limit = 3
    world.play.poison = {f"{key}{n}" for key in "pqr" for n in range(1, 9)}
    for n in range(1, 9):
        await replica.settle(several(" ".join(f"{key}{n}" for key in "apbqcr")))
    assert replica.inbox.breaker.open == []
    assert {key for key, _, _ in await world.parked()} == {"p", "q", "r"}


async def test_what_strangers_send_never_opens_it(world: World) -> None:
    """Weaker: twenty letters that crash a handler, or that are none, and an outsider has stopped the service."""
    replica = await world.replica()
    replica.inbox.breaker.limit = 3
    letters = [Written(subject=f"w{n}", label=f"w{n}") for n in range(12)]
    world.play.poison = {letter.label for letter in letters[:6]}
    garbage = [record(letter, offset=n, value=b"{") for n, letter in enumerate(letters[6:], 6)]
    settling = world.start(replica.settle([*(record(x, offset=n) for n, x in enumerate(letters[:6])), *garbage]))
    await asyncio.wait([settling])
    assert settling.exception() is None
    assert replica.inbox.breaker.open == []
    assert await world.look.fetchval(DEAD) == 12


async def test_while_it_is_open_the_sweeper_parks_nothing_as_failed_either(world: World) -> None:
    """Weaker: what only waited is marked as failed by the bad deployment, and nothing brings it back by itself."""
    replica = await world.replica()
    replica.inbox.breaker.limit = 2
    keys = "abcd"
    await replica.settle([happened(f"{key}2") for key in keys])
    await replica.settle([happened(f"{key}1") for key in keys])
    world.play.poison = {f"{key}2" for key in keys}
    await replica.sweep()
    reasons = Counter(reason for _, _, reason in await world.parked())
    assert reasons == {"failed": 1, "gap": 3}
    assert replica.inbox.breaker.open
    world.play.poison = set()
    await replica.sweep()
    assert (await world.parked(), replica.inbox.breaker.open) == ([("a", 2, "failed")], [])


async def test_a_batch_that_met_the_open_breaker_is_kept_whole(world: World) -> None:
    """Weaker: those behind the one that failed are settled, and the position is then behind it."""
    replica = await world.replica()
    replica.inbox.breaker.limit = 2
    world.play.poison = {"b1", "c1"}
    records = [happened(f"{key}1", offset=n) for n, key in enumerate("abcd")]
    with pytest.raises(BreakerOpen):
        await replica.settle(records)
    position = "SELECT next_offset FROM position"
    assert await world.look.fetchval(position) == 2
    assert await world.trail(f"{HISTORY.name} d") == []
    world.play.poison = set()
    await replica.settle(records)
    assert await world.look.fetchval(position) == 4
    assert await world.parked() == [("b", 1, "failed")]
