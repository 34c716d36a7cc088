"""What is parked: whatever fails has its place, and is tried again only when something has changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from shared.messaging.inbox import Inbox
from shared.messaging.listens import Listens
from shared.messaging.record import Record, read
from tests.shared.messaging.play import Happened, Poisoned, Stated, Written, happened, record, several
from tests.shared.messaging.world import World

ATTEMPTS = "SELECT max(attempts) FROM parked"
DEAD = "SELECT record_offset FROM dead_letter"


async def test_an_event_that_can_not_be_read_waits_in_its_place(world: World) -> None:
    """Weaker: a dead letter that its successors overtake."""
    replica = await world.replica()
    await replica.settle([happened("a1"), happened("a2", value=b"{"), happened("a3"), happened("b1")])
    await replica.sweep()
    assert await world.parked() == [("a", 2, "failed"), ("a", 3, "gap")]
    assert (await world.seen("a"), await world.seen("b")) == (1, 1)


async def test_an_event_under_anothers_key_is_parked_and_its_successors_wait(world: World) -> None:
    """Weaker: it takes effect out of its own order, before what its aggregate was told earlier."""
    replica = await world.replica()
    await replica.settle([happened("a1"), replace(happened("b2"), key=b"a"), happened("a3"), happened("b1")])
    await replica.sweep()
    assert await world.parked() == [("a", 2, "failed"), ("a", 3, "gap")]
    assert await world.look.fetchval("SELECT detail FROM parked WHERE sequence = 2") == (
        "the record's key is not the body's {subject}"
    )
    assert (await world.trail("history.v1 a"), await world.trail("history.v1 b")) == (["a1"], ["b1"])


async def test_one_that_can_not_be_read_has_not_failed_before_its_turn(world: World) -> None:
    """Weaker: behind one that waits for its fact it is already called failed, although nobody stands before it yet."""
    replica = await world.replica()
    await replica.settle([happened("a1", needs="f"), happened("a2", value=b"{")])
    assert await world.parked() == [("a", 1, "waiting"), ("a", 2, "gap")]
    await replica.settle([happened("f1", is_fact=True)])
    await replica.sweep()
    assert await world.parked() == [("a", 2, "failed")]


@pytest.mark.parametrize("event", [Happened, Written])
async def test_a_failure_in_the_names_of_an_event_is_the_events_own(
    world: World, event: type[Happened | Written]
) -> None:
    """Weaker: named again when it is put aside, it fails again, and its partition stands still for ever."""

    def names(each: Happened | Written) -> list[tuple[str, str]]:
        if each.label == "a1":
            raise Poisoned
        return []

    listens = Listens()
    listens.to(Happened, Written, locks=names)(world.play.act)
    inbox = Inbox((await world.replica()).runner, listens)
    records = [record(event(subject=s, label=f"{s}1"), 1, offset=n) for n, s in enumerate("abc")]
    await inbox.settle([read(each) for each in records])
    assert await world.trail(f"{event.topic.name} c") == ["c1"]
    assert len(await world.parked()) + await world.look.fetchval("SELECT count(*) FROM dead_letter") == 1


async def test_a_higher_version_of_a_state_takes_the_place_of_parked_lower_ones(world: World) -> None:
    """Weaker: one state that failed holds up all that come after it."""
    world.play.poison = {"x1"}
    replica = await world.replica()
    await replica.settle([record(Stated(subject="x", label="x1"), 1)])
    assert await world.parked() == [("x", 1, "failed")]
    await replica.settle([record(Stated(subject="x", label="x5"), 5)])
    await replica.settle([record(Stated(subject="x", label="x3"), 3)])
    assert (await world.seen("x"), await world.parked()) == (5, [])
    assert await world.trail("states.v1 x") == ["x5"]


@pytest.mark.parametrize("cut", ["one by one", "as a batch"])
async def test_a_state_that_waits_is_not_looked_at_for_ever_because_of_the_next(world: World, cut: str) -> None:
    """Weaker: the next version waits behind it as a gap, which in a state is always ready to be drained."""
    replica = await world.replica()
    lots = [[record(Stated(subject="x", label=f"x{n}", needs="f"), n)] for n in (1, 2)]
    for lot in lots if cut == "one by one" else [lots[0] + lots[1]]:
        await replica.settle(lot)
    await replica.sweep()
    tries = world.play.tries("x1"), world.play.tries("x2"), await world.look.fetchval(ATTEMPTS)
    for _ in range(3):
        await replica.sweep()
    assert (world.play.tries("x1"), world.play.tries("x2"), await world.look.fetchval(ATTEMPTS)) == tries
    await replica.settle([record(Stated(subject="f", label="f1", is_fact=True), 1)])
    await replica.sweep()
    assert (await world.seen("x"), await world.parked()) == (2, [])
    assert (await world.trail("states.v1 x"))[-1] == "x2"


async def test_a_state_that_does_not_wait_passes_the_one_that_does(world: World) -> None:
    """Weaker: the newest state stays unknown for as long as an old one lacks something."""
    replica = await world.replica()
    await replica.settle(
        [record(Stated(subject="x", label="x1", needs="f"), 1), record(Stated(subject="x", label="x2"), 2)]
    )
    await replica.sweep()
    assert (await world.trail("states.v1 x"), await world.seen("x")) == (["x2"], 2)
    assert await world.parked() == []


async def test_tries_in_vain_are_counted_and_add_up_over_replays(world: World) -> None:
    """Weaker: what failed three times is shown as never tried; or waiting for one's turn counts as a try."""
    world.play.poison = {"a1"}
    replica = await world.replica()
    await replica.settle([*several("a1 a2"), happened("b1", value=b"{"), happened("c1", needs="f")])
    assert await _attempts(world) == {"a1": 3, "a2": 0, "b1": 1, "c1": 1}
    await world.look.execute("UPDATE parked SET reason = 'gap' WHERE sequence = 1 AND key <> 'c'")  # as a replay does
    await replica.sweep()
    assert world.play.tries("a1") >= 6
    assert await _attempts(world) == {"a1": 6, "a2": 0, "b1": 2, "c1": 1}


async def _attempts(world: World) -> dict[str, int]:
    rows = await world.look.fetch("SELECT key, sequence, attempts FROM parked")
    return {f"{row['key']}{row['sequence']}": row["attempts"] for row in rows}


async def test_a_dead_letter_is_there_with_its_batch_or_not_at_all(world: World) -> None:
    """Weaker: written outside the transaction, it is there although its batch rolled back, and its position with it."""
    replica = await world.replica()
    broken = Record("history.v1", 0, 1, None, [], b"{")
    gate = world.play.gate("a1 read")
    batch = world.start(replica.settle([happened("a1", offset=0), broken]))
    await gate.arrived()
    batch.cancel()
    await asyncio.wait([batch])
    assert await world.look.fetch(DEAD) == []
    await replica.settle([happened("a1", offset=0), broken])
    assert [row["record_offset"] for row in await world.look.fetch(DEAD)] == [1]


async def test_the_position_passes_what_is_parked_and_what_is_dropped(world: World) -> None:
    """Weaker: the position stands at what is parked, and everything behind it is read again and again."""
    replica = await world.replica()
    await replica.settle([happened("a2", offset=5), happened("b1", offset=6), happened("b1", offset=7)])
    assert await world.look.fetchval("SELECT next_offset FROM position") == 8
    await replica.settle(several("a1"))
    await replica.sweep()
    assert await world.look.fetchval("SELECT next_offset FROM position") == 8, "a drain moves no position"
