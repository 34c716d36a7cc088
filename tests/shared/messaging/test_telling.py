"""Interleavings 6, 11 and 17: what is told is numbered by its causes, and numbered and stored in one order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from shared.messaging import stream
from shared.messaging.tx import Cause, Told
from tests.shared.messaging.play import BEGINNING, Echoed, Happened, happened, record, several
from tests.shared.messaging.world import World, done, hold

LOCK_STREAM = "SELECT FROM stream WHERE key = $1 FOR UPDATE"
IDS = "SELECT event_id, key FROM outbox ORDER BY id"


@pytest.mark.parametrize("cut", [(3,), (1, 3), (2, 3), (1, 2, 3)])
async def test_11_tells_of_causes_in_two_waves_are_numbered_alike_however_they_are_cut(
    world: World, cut: tuple[int, ...]
) -> None:
    """Weaker: numbered in the order of the handler's calls, where b1's wave comes after c1's."""
    replica = await world.replica()
    records = [
        happened(label, names=(name,), tells=("s", "t")) for label, name in (("a1", "E"), ("b1", "E"), ("c1", "F"))
    ]
    start = 0
    for end in cut:
        await replica.settle(records[start:end])
        start = end
    told = [(key, sequence, label) for key, sequence, label in await world.echoes() if key == "s"]
    assert told == [("s", 1, "a1"), ("s", 2, "b1"), ("s", 3, "c1")]
    if cut == (3,):
        assert world.play.calls == [["a1", "c1"], ["b1"]], "there were two waves"


async def test_17_an_outbox_id_is_drawn_after_the_lock_of_its_stream(world: World) -> None:
    """Weaker: drawn before, the transaction that waits for another stream has a low id and a high sequence."""
    first, second = await world.replica(), await world.replica()
    await first.settle([happened("k1", tells=("a", "s"))])
    async with world.look.acquire() as connection:
        held = await hold(connection, LOCK_STREAM, "a")
        waiting = world.start(first.settle([happened("b1", tells=("a", "s"))]))
        await world.blocked()
        await second.settle([happened("c1", tells=("s",))])
        await held.rollback()
        await done(waiting)
    assert [told for told in await world.echoes() if told[0] == "s"] == [("s", 1, "k1"), ("s", 2, "c1"), ("s", 3, "b1")]


async def test_17_ids_of_two_replicas_rise_with_the_sequences(world: World) -> None:
    """Weaker: a sequence with CACHE 10 gives each connection ids of its own lot."""
    first, second = await world.replica(size=1), await world.replica(size=1)
    for n, replica in enumerate((first, second, first, second, first), 1):
        await replica.settle([happened(f"a{n}", tells=("s",))])
    assert await world.echoes() == [("s", n, f"a{n}") for n in range(1, 6)]


async def test_a_sequence_that_was_rolled_back_is_given_again(world: World) -> None:
    """Weaker: a number drawn outside the transaction leaves a gap that stops every listener of the key."""
    replica = await world.replica()
    gate = world.play.gate("b1 read")
    batch = world.start(replica.settle([happened("a1", tells=("s",)), happened("b1", names=("E",), tells=("s",))]))
    await gate.arrived()
    batch.cancel()
    world.play.poison = {"c1"}
    await replica.settle([happened("c1", tells=("s",)), happened("d1", tells=("s",))])
    assert await world.echoes() == [("s", 1, "d1")]
    await replica.settle([happened("e1", tells=("s",)), happened("f1", needs="z")])
    assert world.play.tries("e1") == 2, "what it had told was rolled back, for the sake of the one that waits"
    assert await world.echoes() == [("s", 1, "d1"), ("s", 2, "e1")]


async def test_telling_again_gives_the_same_id(world: World) -> None:
    """Weaker: a random id: a repeated request or a restored sender tells one fact under two names."""
    replica = await world.replica()
    await replica.settle([happened("a1", tells=("s", "s", "t"))])
    ids = [tuple(row) for row in await world.look.fetch(IDS)]
    await world.look.execute("TRUNCATE seen, stream, outbox, trail")
    await replica.settle([happened("a1", tells=("s", "s", "t"))])
    assert [tuple(row) for row in await world.look.fetch(IDS)] == ids
    assert len({event_id for event_id, _ in ids}) == 3
    assert all(UUID(str(event_id)).version == 8 for event_id, _ in ids)


async def test_06_two_without_a_common_name_tell_one_key_and_the_times_rise_with_the_sequences(world: World) -> None:
    """Weaker: the clock alone: of two that wait for one key, the later number can have the earlier time."""
    replica = await world.replica()
    await replica.settle([happened("a1", tells=("s",) * 3)])
    for table in ("stream", "outbox"):
        await world.look.execute(f"UPDATE {table} SET at = at + interval '1 hour'")
    for _ in range(2):
        await replica.settle(several("b1 c1", tells=("s", "s")))
    rows = await world.look.fetch("SELECT at, sequence FROM outbox ORDER BY sequence")
    assert [row["at"] for row in rows] == sorted({row["at"] for row in rows})
    assert [row["sequence"] for row in rows] == list(range(1, 8))


async def test_an_event_too_large_for_the_relay_is_its_causes_failure(world: World) -> None:
    """Weaker: counted in characters: a long text of three-byte characters wedges the relay for ever.

    What causes it is no longer than a record may be, or it would not be read.
    """
    replica = await world.replica()
    large = record(Happened(subject="a", label="€" * 300_000, tells=("s",)), 1)
    await replica.settle([large, happened("b1", tells=("s",))])
    assert await world.parked() == [("a", 1, "failed")]
    assert await world.echoes() == [("s", 1, "b1")]


async def test_the_trail_of_an_event_counts_towards_its_size(world: World) -> None:
    """Weaker: the body alone is counted: with its headers it is more than a topic takes."""
    cause: Cause[Any] = Cause(body=None, id="c", at=BEGINNING, order=0, correlation_id="c", traceparent="t" * 300_000)
    event = Echoed(subject="s", label="x" * 300_000)
    async with world.look.acquire() as connection:
        with pytest.raises(ValueError, match="Echoed has 600"):
            await stream.tell(connection, [Told(event, "s", cause, 1, "c")])
