"""Dead letters: replayed with the present code they converge, and no replay gives a second effect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.db import SHARED
from shared.errors import Problem
from shared.messaging import dead_letters
from shared.messaging.dead_letters import Fate, Letter
from shared.messaging.record import Record
from tests.shared.messaging.play import HISTORY, LETTERS, Happened, Written, record, several
from tests.shared.messaging.world import Replica, World

MIGRATIONS = SHARED / "messaging" / "migrations"
OFFSETS = "SELECT record_offset FROM dead_letter ORDER BY record_offset"
VALUES = "SELECT value FROM dead_letter ORDER BY at"
MEND = "UPDATE dead_letter SET header_names = $1, header_values = $2, value = $3 WHERE value = $4"
BURY_BEFORE = """INSERT INTO dead_letter
    (topic, partition, record_offset, reason, record_key, header_names, header_values, value)
VALUES ($1, 0, $2, 'no readable key', NULL, '{}', '{}', NULL) ON CONFLICT DO NOTHING"""
RELEASE_BEFORE = """ALTER TABLE dead_letter DROP COLUMN digest, ADD PRIMARY KEY (topic, partition, record_offset);
DROP FUNCTION dead_letter_digest"""
POSITION = "SELECT next_offset FROM position WHERE topic = $1"


async def replay(replica: Replica, topic: str, offset: int) -> Fate:
    async with replica.pool.acquire() as connection, connection.transaction():
        return await dead_letters.replay(connection, replica.inbox, Letter(topic, 0, offset))


async def refused(replica: Replica, offset: int) -> str:
    """Why a letter can't be replayed."""
    with pytest.raises(Problem) as caught:
        await replay(replica, LETTERS.name, offset)
    assert caught.value.status == 409
    return caught.value.detail


async def mend(world: World, whole: Record, value: bytes) -> None:
    """As if the present code could read the letter with this value."""
    names, values = [name for name, _ in whole.headers], [value for _, value in whole.headers]
    await world.look.execute(MEND, names, values, whole.value, value)


async def values(world: World) -> list[bytes]:
    return [row["value"] for row in await world.look.fetch(VALUES)]


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
    first, second = await dead(world)
    assert await replay(replica, LETTERS.name, first) is Fate.APPLIED
    assert "has taken effect" in await refused(replica, second)
    assert (await world.trail("letters.v1 w"), await dead(world)) == (["w"], [second])


async def test_garbage_after_an_event_that_took_effect_does_not_give_its_name_back(world: World) -> None:
    """Weaker: whatever is buried marks its name as dead."""
    replica = await world.replica()
    letter = Written(subject="w", label="w")
    await replica.settle([record(letter, offset=1)])
    await replica.settle([record(letter, offset=2, value=b"{")])
    await world.look.execute("UPDATE dead_letter SET value = $1", letter.model_dump_json().encode())
    assert "has taken effect" in await refused(replica, 2)
    assert (await world.trail("letters.v1 w"), await dead(world)) == (["w"], [2])


async def test_one_whose_name_was_not_marked_is_kept(world: World) -> None:
    """Weaker: the name that its burial took in an older release swallows it: removed without effect."""
    world.play.poison = {"w"}
    replica = await world.replica()
    await replica.settle([record(Written(subject="w", label="w"), offset=4)])
    await world.look.execute("UPDATE stranger SET dead = false")
    world.play.poison = set()
    assert "did not mark the name" in await refused(replica, 4)
    assert (await dead(world), await world.trail("letters.v1 w")) == ([4], [])


async def test_an_offset_that_is_used_again_hides_no_letter(world: World) -> None:
    """Weaker: known by its place alone, a record of a topic that was made anew is neither applied nor kept."""
    replica = await world.replica()
    whole = Written(subject="w", label="new")
    old, new = record(Written(subject="w", label="w"), offset=4, value=b"{"), record(whole, offset=4, value=b"[")
    for one in (old, new, old, new):
        await replica.settle([replace(one, headers=[("ce_id", b"x")])])
    assert await values(world) == [b"{", b"["]
    await mend(world, record(whole, offset=4), b"[")
    assert await replay(replica, LETTERS.name, 4) is Fate.APPLIED
    assert (await values(world), await world.trail("letters.v1 w")) == ([b"{"], ["new"])


@pytest.mark.parametrize("other", [{"key": None}, {"headers": [("ce_id", b"y")]}, {"headers": [("x", b"x")]}])
async def test_all_of_a_record_tells_it_from_another(world: World, other: dict[str, Any]) -> None:
    """Weaker: compared by their bodies, which are often empty."""
    replica = await world.replica()
    one = Record(LETTERS.name, 0, 4, b"k", [("ce_id", b"x")], None)
    await replica.settle([one])
    await replica.settle([replace(one, **other)])
    assert await dead(world) == [4, 4]


async def test_letters_of_the_release_before_are_kept_and_told_apart_too(world: World) -> None:
    """Weaker: the migration needs an empty table, or leaves its rows without what they are known by."""
    async with world.look.acquire() as connection:
        upgrade = connection.transaction()
        await upgrade.start()
        await connection.execute(RELEASE_BEFORE)
        await connection.executemany(BURY_BEFORE, [(LETTERS.name, n) for n in (1, 2)])
        await connection.execute((MIGRATIONS / "0009_dead_letter.sql").read_text())
        await connection.executemany(BURY_BEFORE, [(LETTERS.name, n) for n in (2, 3)])
        found = [row["record_offset"] for row in await connection.fetch(OFFSETS)]
        await upgrade.rollback()
    assert found == [1, 2, 3]


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
