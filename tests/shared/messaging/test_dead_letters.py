"""Dead letters: replayed with the present code they converge, and no replay gives a second effect."""

from __future__ import annotations

import pytest

from shared.errors import Problem
from shared.messaging import dead_letters
from shared.messaging.dead_letters import Fate, Letter
from shared.messaging.record import Record
from tests.shared.messaging.play import HISTORY, LETTERS, Happened, Written, record, several
from tests.shared.messaging.world import Replica, World

OFFSETS = "SELECT record_offset FROM dead_letter ORDER BY record_offset"
POSITION = "SELECT next_offset FROM position WHERE topic = $1"


async def replay(replica: Replica, topic: str, offset: int) -> Fate:
    async with replica.pool.acquire() as connection, connection.transaction():
        return await dead_letters.replay(connection, replica.inbox, Letter(topic, 0, offset))


async def dead(world: World) -> list[int]:
    return [row["record_offset"] for row in await world.look.fetch(OFFSETS)]


async def test_a_strangers_event_whose_handler_failed_takes_effect_when_it_is_replayed(world: World) -> None:
    """Weaker: its own claim, made when it was buried, swallows it: gone without effect."""
    world.play.poison = {"w"}
    replica = await world.replica()
    await replica.settle([record(Written(subject="w", label="w", tells=("t",)), offset=4)])
    world.play.poison = set()
    assert await replay(replica, LETTERS.name, 4) is Fate.APPLIED
    assert (await world.trail("letters.v1 w"), await world.echoes(), await dead(world)) == (["w"], [("t", 1, "w")], [])
    with pytest.raises(Problem, match="There is no dead letter"):
        await replay(replica, LETTERS.name, 4)


async def test_one_that_fails_again_stays_a_dead_letter_and_says_where(world: World) -> None:
    """Weaker: removed before it is tried, it is lost with its failure."""
    world.play.poison = {"w"}
    replica = await world.replica()
    await replica.settle([record(Written(subject="w", label="w"), offset=4)])
    with pytest.raises(Problem) as caught:
        await replay(replica, LETTERS.name, 4)
    assert caught.value.detail.startswith("It failed again: Poisoned at shared/messaging/play.py:")
    assert await dead(world) == [4]
    world.play.poison = set()
    assert await replay(replica, LETTERS.name, 4) is Fate.APPLIED, "the failed replay has not used up its claim"


async def test_two_dead_letters_of_one_name_take_effect_once(world: World) -> None:
    """Weaker: each replay takes the claim back, also that of the first one's effect."""
    replica = await world.replica()
    letter = Written(subject="w", label="w")
    await replica.settle([record(letter, offset=n, value=b"{") for n in (1, 2)])
    await replica.settle([record(letter, offset=3, value=b"{")])
    await world.look.execute("UPDATE dead_letter SET value = $1", letter.model_dump_json().encode())
    fates = [await replay(replica, LETTERS.name, offset) for offset in await dead(world)]
    assert fates == [Fate.APPLIED, *[Fate.DROPPED] * (len(fates) - 1)]
    assert len(fates) == 2
    assert (await world.trail("letters.v1 w"), await dead(world)) == (["w"], [])


async def test_garbage_after_an_event_that_took_effect_does_not_give_its_name_back(world: World) -> None:
    """Weaker: whatever is buried marks its name as dead."""
    replica = await world.replica()
    letter = Written(subject="w", label="w")
    await replica.settle([record(letter, offset=1)])
    await replica.settle([record(letter, offset=2, value=b"{")])
    await world.look.execute("UPDATE dead_letter SET value = $1", letter.model_dump_json().encode())
    assert await replay(replica, LETTERS.name, 2) is Fate.DROPPED
    assert await world.trail("letters.v1 w") == ["w"]


async def test_what_can_still_not_be_read_is_refused_before_anything_is_done(world: World) -> None:
    """Weaker: the office gets its refusal again with each try."""
    replica = await world.replica()
    await replica.settle([record(Written(subject="w", label="w"), offset=1, value=b"{")])
    with pytest.raises(Problem) as caught:
        await replay(replica, LETTERS.name, 1)
    assert caught.value.detail.startswith("It still can't be read: ")
    assert await dead(world) == [1]


async def test_a_record_that_can_be_placed_now_takes_its_place_and_moves_no_position(world: World) -> None:
    """Weaker: its old offset is written as the position, and what was never read is jumped over."""
    replica = await world.replica()
    whole = record(Happened(subject="a", label="a2"), 2, offset=90)
    await replica.settle([Record(HISTORY.name, 0, 90, whole.key, [("ce_id", b"x")], whole.value)])
    headers = whole.headers
    await world.look.execute(
        "UPDATE dead_letter SET header_names = $1, header_values = $2",
        [name for name, _ in headers],
        [value for _, value in headers],
    )
    await world.look.execute("UPDATE position SET next_offset = 5")
    assert await replay(replica, HISTORY.name, 90) is Fate.SETTLED
    assert (await world.parked(), await dead(world)) == ([("a", 2, "gap")], [])
    assert await world.look.fetchval(POSITION, HISTORY.name) == 5
    await replica.settle(several("a1"))
    await replica.sweep()
    assert await world.trail("history.v1 a") == ["a1", "a2"]
