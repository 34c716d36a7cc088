"""Dry runs: they say what would happen, and nothing has."""

from __future__ import annotations

from shared.messaging import rehearsal
from shared.messaging.decisions import Decision, Verb
from shared.messaging.rehearsal import Outcome
from tests.shared.messaging.play import HISTORY, Echoed, happened, several
from tests.shared.messaging.world import Replica, World

EVERYTHING = """SELECT concat((SELECT json_agg(s ORDER BY s.stream, s.key) FROM seen s),
    (SELECT json_agg(p ORDER BY p.key, p.sequence, p.event_id) FROM parked p),
    (SELECT json_agg(t ORDER BY t.name) FROM trail t), (SELECT count(*) FROM outbox))"""


async def rehearse(replica: Replica, verb: Verb, key: str, sequence: int | None = None) -> list[tuple[int, str, str]]:
    decision = Decision(verb, HISTORY.name, key, sequence)
    return [(s.sequence, s.outcome.value, s.why) for s in await rehearsal.rehearse(replica.inbox, decision)]


async def test_a_rehearsed_replay_says_what_applies_what_it_tells_and_where_it_fails(world: World) -> None:
    """Weaker: the first event only; or one failure takes what was tried before it along."""
    world.play.poison = {"a2"}
    replica = await world.replica()
    await replica.settle(several("a1 b1 a2 a3 a4 a5", tells=("t",)))
    before = await world.look.fetchval(EVERYTHING)
    world.play.poison = {"a4"}
    steps = await rehearsal.rehearse(replica.inbox, Decision(Verb.REPLAY, HISTORY.name, "a"))
    assert [(step.sequence, step.outcome) for step in steps] == [
        (2, Outcome.APPLIES),
        (3, Outcome.APPLIES),
        (4, Outcome.FAILS),
    ]
    assert steps[0].tells == [(Echoed.type, "t")]
    assert steps[2].why.startswith("Poisoned at shared/messaging/play.py:")
    assert await world.look.fetchval(EVERYTHING) == before


async def test_a_rehearsed_replay_names_the_fact_that_is_missing(world: World) -> None:
    replica = await world.replica()
    await replica.settle([happened("a1", needs="f"), *several("a2 b1")])
    before = await world.look.fetchval(EVERYTHING)
    assert await rehearse(replica, Verb.REPLAY, "a") == [(1, "waits", "for the fact (history.v1, f)")]
    assert await world.look.fetchval(EVERYTHING) == before


async def test_a_rehearsed_replay_tells_what_can_still_not_be_read(world: World) -> None:
    replica = await world.replica()
    await replica.settle([happened("a1", value=b"{"), *several("a2 b1")])
    ((sequence, outcome, why),) = await rehearse(replica, Verb.REPLAY, "a")
    assert (sequence, outcome) == (1, "fails")
    assert "JSON" in why


async def test_each_decision_can_be_rehearsed(world: World) -> None:
    """Weaker: only a replay; whether it is safe to discard is found out by discarding."""
    world.play.poison = {"a1"}
    replica = await world.replica()
    await replica.settle(several("a1 a2 b2 c1 c2"))
    await replica.settle([happened("c2", other="x")])
    before = await world.look.fetchval(EVERYTHING)
    assert await rehearse(replica, Verb.DISCARD, "a", 1) == [(2, "applies", "")]
    assert await rehearse(replica, Verb.SKIP, "b", 1) == [(2, "applies", "")]
    assert await rehearse(replica, Verb.SETTLE, "c") == []
    assert await rehearse(replica, Verb.ADOPT, "c") == [(2, "applies", "")]
    assert await world.look.fetchval(EVERYTHING) == before
