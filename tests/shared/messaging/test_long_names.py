"""Names at the limit of what an index takes, and beyond: no record stops its neighbours, whoever sent it."""

from __future__ import annotations

import pytest

from shared.messaging.record import LONGEST, LONGEST_KEY, Reading, Record, read
from tests.names import text
from tests.shared.messaging.play import ECHOES, Happened, Written, happened, named, record
from tests.shared.messaging.world import World

DEAD = "SELECT record_offset FROM dead_letter"
STREAMS = "SELECT key FROM stream"
SURPLUS = (-1, 0, 1, 4, LONGEST, 3 * LONGEST)


@pytest.mark.parametrize("surplus", SURPLUS)
async def test_a_strangers_long_name_stops_nobody(world: World, surplus: int) -> None:
    """Weaker: measured in characters: the row of its name is too large for the index, buried or not."""
    source, event_id = text(LONGEST), text(LONGEST + surplus)
    long = named(record(Written(subject="b", label="b", tells=(f"{source} {event_id}",)), offset=1),
                 source=source, id=event_id)  # fmt: skip
    before, after = [record(Written(subject=s, label=s), offset=n) for n, s in ((0, "a"), (2, "c"))]
    await (await world.replica()).settle([before, long, after])
    assert (await world.trail("letters.v1 a"), await world.trail("letters.v1 c")) == (["a"], ["c"])
    fits = surplus <= 0
    assert await world.trail("letters.v1 b") == (["b"] if fits else [])
    assert [row["record_offset"] for row in await world.look.fetch(DEAD)] == ([] if fits else [1])
    for row in await world.look.fetch(STREAMS):
        receipt = Record(ECHOES.name, 0, 0, row["key"].encode(), [("ce_sequence", b"1")], None)
        assert read(receipt).reading is not Reading.UNPLACEABLE, "what it made us tell can be placed"


@pytest.mark.parametrize("surplus", SURPLUS)
async def test_a_long_key_or_id_of_a_sequenced_event_stops_nobody(world: World, surplus: int) -> None:
    """Weaker: the row that parks it is too large for the index, and so is that of its failure."""
    key = text(LONGEST_KEY + surplus)
    long = record(Happened(subject=key, label="b"), 2, offset=1)
    await (await world.replica()).settle([happened("a1"), named(long, id=text(LONGEST)), happened("c1", offset=2)])
    assert (await world.trail("history.v1 a"), await world.trail("history.v1 c")) == (["a1"], ["c1"])
    fits = surplus <= 0
    assert await world.parked() == ([(key, 2, "gap")] if fits else [])
    assert [row["record_offset"] for row in await world.look.fetch(DEAD)] == ([] if fits else [1])


@pytest.mark.parametrize("surplus", SURPLUS)
async def test_a_long_id_of_a_sequenced_event_is_parked_in_its_place(world: World, surplus: int) -> None:
    """Weaker: its key and number are good, and what follows waits for a number that was thrown away."""
    replica = await world.replica()
    long = named(happened("b1", offset=1), id=text(LONGEST + surplus))
    await replica.settle([happened("a1"), long, happened("b2", offset=2), happened("c1", offset=3)])
    assert (await world.trail("history.v1 a"), await world.trail("history.v1 c")) == (["a1"], ["c1"])
    fits = surplus <= 0
    assert await world.trail("history.v1 b") == (["b1", "b2"] if fits else [])
    assert await world.parked() == ([] if fits else [("b", 1, "failed"), ("b", 2, "gap")])
