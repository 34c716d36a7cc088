"""What an operator decides: interleavings 5, 7, 8, 19 and 20, and what each verb refuses."""

from __future__ import annotations

import pytest

from shared.messaging.decisions import Verb
from shared.messaging.record import Record
from tests.shared.messaging.operator import id_of, refused, take
from tests.shared.messaging.play import STATES, Happened, Stated, happened, record, several
from tests.shared.messaging.world import Replica, World, done

TURN = "SELECT turn FROM seen WHERE key = $1"
SEEN = "SELECT count(*) FROM seen WHERE key = $1"
LAST = "SELECT event_id FROM seen WHERE key = $1"


async def test_replay_runs_what_failed_under_the_present_code_and_its_successors_follow(world: World) -> None:
    """Weaker: only the named event is run, and what waits behind it waits for ever."""
    world.play.poison = {"a2"}
    replica = await world.replica()
    await replica.settle(several("a1 a2 a3"))
    world.play.poison = set()
    assert (await take(replica, Verb.REPLAY, "a")).sequences == [2]
    await replica.sweep()
    assert (await world.trail("history.v1 a"), await world.parked()) == (["a1", "a2", "a3"], [])
    assert await refused(replica, Verb.REPLAY, "a") == "Nothing of (history.v1, a) is parked here"


async def test_replay_of_what_still_fails_parks_it_again(world: World) -> None:
    """Weaker: run past the rules of a drain, so that its failure is the operator's, or its successors overtake it."""
    world.play.poison = {"a1"}
    replica = await world.replica()
    await replica.settle(several("a1 a2 b1"))
    await take(replica, Verb.REPLAY, "a")
    await replica.sweep()
    assert (await world.parked(), await world.seen("a")) == ([("a", 1, "failed"), ("a", 2, "gap")], 0)


async def test_replay_of_a_key_whose_next_is_missing_says_what_to_do(world: World) -> None:
    replica = await world.replica()
    await replica.settle(several("a1 a3"))
    assert await refused(replica, Verb.REPLAY, "a") == "(history.v1, a) waits for 2, which has not come"


async def test_discard_takes_the_next_only_and_the_key_goes_on(world: World) -> None:
    """Weaker: any parked event can be thrown away, so that the order behind it is lost."""
    world.play.poison = {"a2"}
    replica = await world.replica()
    records = several("a1 a2 a3 a4")
    await replica.settle(records)
    title = "(history.v1, a) has 2 as its next; discard works on the next only"
    assert await refused(replica, Verb.DISCARD, "a", 3) == title
    assert (await take(replica, Verb.DISCARD, "a", 2)).next == 3
    await replica.sweep()
    assert (await world.trail("history.v1 a"), await world.parked()) == (["a1", "a3", "a4"], [])
    await replica.settle(records)
    assert await world.trail("history.v1 a") == ["a1", "a3", "a4"], "delivered again, it is still discarded"


async def test_discard_keeps_the_id_so_that_another_history_is_noticed(world: World) -> None:
    """Weaker: a null id matches any, and a rewritten history takes the place of what was discarded."""
    world.play.poison = {"a1"}
    replica = await world.replica()
    await replica.settle(several("a1"))
    await take(replica, Verb.DISCARD, "a", 1)
    await replica.settle([happened("a1", other="x")])
    assert await world.parked() == [("a", 1, "regression")]


async def test_skip_passes_over_what_is_missing_and_matches_whatever_comes_late(world: World) -> None:
    """Weaker: an id of our own, against which the late event is a regression."""
    replica = await world.replica()
    await replica.settle(several("a1 a3"))
    assert await refused(replica, Verb.DISCARD, "a", 2) == "2 of (history.v1, a) is not here"
    assert await refused(replica, Verb.SKIP, "a", 3) == "(history.v1, a) has 2 as its next; skip works on the next only"
    await take(replica, Verb.SKIP, "a", 2)
    await replica.settle(several("a2"))
    await replica.sweep()
    await replica.settle(several("a2"))
    assert (await world.trail("history.v1 a"), await world.parked()) == (["a1", "a3"], [])


async def test_skip_is_refused_for_what_is_here_and_where_nothing_waits(world: World) -> None:
    """Weaker: a slip of the finger takes an event away that has not been told yet."""
    world.play.poison = {"a1"}
    replica = await world.replica()
    await replica.settle(several("a1 b1"))
    assert await refused(replica, Verb.SKIP, "a", 1) == "1 of (history.v1, a) is here"
    assert await refused(replica, Verb.SKIP, "b", 2) == "Nothing of (history.v1, b) is parked here"
    assert await refused(replica, Verb.SKIP, "z") == "Nothing of (history.v1, z) is parked here"
    assert await world.look.fetchval(SEEN, "z") == 0, "a key that does not exist leaves no row"


async def test_a_state_is_discarded_with_what_it_supersedes_and_never_skipped(world: World) -> None:
    """Weaker: the next only; a state whose versions 1 and 2 never come could not be given up."""
    world.play.poison = {"x3", "x5"}
    replica = await world.replica()
    await replica.settle([record(Stated(subject="x", label=f"x{n}"), n) for n in (3, 5)])
    assert "is a state" in await refused(replica, Verb.SKIP, "x", 4, stream=STATES.name)
    await take(replica, Verb.DISCARD, "x", 5, stream=STATES.name)
    assert (await world.seen("x"), await world.parked()) == (5, [])


@pytest.mark.parametrize("verb", [Verb.DISCARD, Verb.SKIP])
async def test_05_a_waiter_looks_once_after_its_fact_was_given_up(world: World, verb: Verb) -> None:
    """Weaker: the turn stays, so the waiter is never asked again; or the sequence is compared, and it never rests."""
    world.play.poison = {"f1"}
    replica = await world.replica()
    await replica.settle([happened("a1", needs="f")])
    await replica.settle([happened("f1" if verb is Verb.DISCARD else "f2", is_fact=True)])
    tries = world.play.tries("a1")
    await take(replica, verb, "f", 1)
    world.play.poison = {"f2"}
    await replica.sweep()
    await replica.sweep()
    assert world.play.tries("a1") > tries, "its fact's row has moved"
    looks = world.play.tries("a1")
    await replica.sweep()
    assert world.play.tries("a1") == looks
    assert ("a", 1, "waiting") in await world.parked()


async def _rewritten(world: World, *, applied: bool) -> tuple[Replica, list[Record]]:
    """A key that has 2 twice; the old one was applied, or waits for 1."""
    replica = await world.replica()
    old, new = happened("a2"), happened("a2", other="x")
    await replica.settle([*several("a1" if applied else "b1"), old, new, *several("a3")])
    assert [row for row in await world.parked() if row[2] == "regression"] == [("a", 2, "regression")]
    return replica, [old, new]


@pytest.mark.parametrize("applied", [True, False])
async def test_20_settled_the_old_history_holds_and_the_other_is_dropped_for_good(world: World, applied: bool) -> None:
    """Weaker: the row goes, and the next delivery of 2' blocks the key again."""
    replica, both = await _rewritten(world, applied=applied)
    await take(replica, Verb.SETTLE, "a")
    await replica.settle(both + several("a1"))
    await replica.sweep()
    await replica.settle(both)
    assert await world.trail("history.v1 a") == ["a1", "a2", "a3"]
    assert (await world.seen("a"), await world.parked()) == (3, [("a", 2, "settled")])


@pytest.mark.parametrize("applied", [True, False])
async def test_20_adopted_the_key_goes_on_from_the_new_history_and_drops_the_old(world: World, applied: bool) -> None:
    """Weaker: the old 2 delivered again is a regression against the adopted one, and blocks the key again."""
    replica, both = await _rewritten(world, applied=applied)
    turn = await world.look.fetchval(TURN, "a") or 0
    await take(replica, Verb.ADOPT, "a")
    assert await world.look.fetchval(TURN, "a") > turn, "who waits for this key looks again"
    await replica.settle(both + several("a1"))
    await replica.sweep()
    await replica.settle(both)
    assert await world.trail("history.v1 a") == (["a1", "a2", "a2x", "a3"] if applied else ["a1", "a2x", "a3"])
    assert (await world.seen("a"), await world.parked()) == (3, [("a", 2, "settled")])


async def test_20_an_adopted_event_that_fails_is_parked_and_can_be_discarded(world: World) -> None:
    """Weaker: adopting runs it past the rules, and a handler that can't bear it leaves the key blocked for ever."""
    world.play.poison = {"a2x"}
    replica, both = await _rewritten(world, applied=True)
    await take(replica, Verb.ADOPT, "a")
    await replica.sweep()
    assert ("a", 2, "failed") in await world.parked()
    await take(replica, Verb.DISCARD, "a", 2)
    await replica.sweep()
    await replica.settle(both)
    assert (await world.trail("history.v1 a"), await world.seen("a")) == (["a1", "a2", "a3"], 3)
    assert await world.parked() == [("a", 2, "settled")]


async def test_08_a_restored_sender_tells_4_anew_and_the_lost_4_comes_late(world: World) -> None:
    """Weaker: the late 4 of the lost life is dropped as seen, and nobody learns that there were two."""
    replica = await world.replica()
    await replica.settle([*several("a1 a2 a3"), happened("a4", other="x")])
    await replica.settle(several("a4"))
    assert await world.parked() == [("a", 4, "regression")]
    await replica.settle(several("a5"))
    assert await world.seen("a") == 4, "the key applies nothing before a person has decided"
    await take(replica, Verb.SETTLE, "a", 4, event_id=id_of(happened("a4")))
    await replica.sweep()
    assert await world.trail("history.v1 a") == ["a1", "a2", "a3", "a4x", "a5"]


async def test_a_regression_comes_before_all_other_decisions(world: World) -> None:
    """Weaker: a discard decides silently which of the two histories holds."""
    replica, _ = await _rewritten(world, applied=True)
    for verb in (Verb.REPLAY, Verb.DISCARD, Verb.SKIP):
        assert await refused(replica, verb, "a") == "(history.v1, a) is blocked by a regression"
    await take(replica, Verb.SETTLE, "a")
    assert await refused(replica, Verb.ADOPT, "a") == "(history.v1, a) has no such regression"


async def test_07_two_parked_under_one_sequence_wait_until_one_of_them_is_chosen(world: World) -> None:
    """Weaker: whichever is drained first wins; or with the choice made, the other is a regression again."""
    replica, both = await _rewritten(world, applied=False)
    await replica.settle(several("a1"))
    await replica.sweep()
    assert (await world.seen("a"), await world.trail("history.v1 a")) == (0, [])
    await take(replica, Verb.ADOPT, "a", 2, event_id=id_of(both[1]))
    await replica.sweep()
    await replica.settle(both)
    await replica.sweep()
    assert await world.trail("history.v1 a") == ["a1", "a2x", "a3"]


async def test_of_two_others_of_one_sequence_the_adopted_one_is_named(world: World) -> None:
    """Weaker: the first by chance."""
    replica, _ = await _rewritten(world, applied=False)
    third = happened("a2", other="y")
    await replica.settle([third])
    assert await refused(replica, Verb.ADOPT, "a") == "(history.v1, a) has several others of a sequence"
    await take(replica, Verb.ADOPT, "a", 2, event_id=id_of(third))
    await replica.settle(several("a1"))
    await replica.sweep()
    assert await world.trail("history.v1 a") == ["a1", "a2y", "a3"]
    assert await world.parked() == [("a", 2, "settled"), ("a", 2, "settled")]


MOMENTS = {"the data was read": ("a1 read", 1), "the turn was read": ("a1 before", 2), "it read again": ("a1 read", 2)}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_19_a_fact_adopted_while_the_waiter_looks_releases_it(world: World, moment: str) -> None:
    """Weaker: an adoption leaves the turn, which the waiter has read already: it waits for ever."""
    waiter, operator = await world.replica(), await world.replica()
    anew = record(Happened(subject="f", label="f1x", is_fact=True), 1, other="x")
    await operator.settle([*several("f1"), anew])
    gate = world.play.gate(*MOMENTS[moment])
    looking = world.start(waiter.settle([happened("a1", needs="f")]))
    await gate.arrived()
    await take(operator, Verb.ADOPT, "f", 1)
    await operator.sweep()
    gate.open()
    await done(looking)
    await waiter.sweep()
    assert (await world.trail("history.v1 a"), await world.trail("history.v1 f")) == (["a1"], ["f1", "f1x"])


async def test_a_decision_waits_for_the_batch_that_holds_the_key(world: World) -> None:
    """Weaker: judged before the lock: what is discarded as the next has meanwhile been applied."""
    world.play.poison = {"a2"}
    replica, operator = await world.replica(), await world.replica()
    await replica.settle(several("a1 a2"))
    await take(operator, Verb.REPLAY, "a")
    world.play.poison = set()
    gate = world.play.gate("a2 read", world.play.passed["a2 read"] + 1)
    draining = world.start(replica.sweep())
    await gate.arrived()
    late = world.start(refused(operator, Verb.DISCARD, "a", 2))
    await world.blocked()
    gate.open()
    await done(draining)
    assert await late == "Nothing of (history.v1, a) is parked here"
    assert await world.trail("history.v1 a") == ["a1", "a2"]
