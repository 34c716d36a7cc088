"""The first letter that a civil servant gets about an evaluation explains, says how to reply, and offers help."""

from uuid import UUID

from services.notifications.model.words import Medium
from services.notifications.store.inbox import inbox
from tests.services.notifications.office import World
from tests.services.notifications.test_rules import EMPLOYEE, SUPERIOR, completed, enrolled

EXPLAINS = ("Ini pemberitahuan evaluasi Anda yang pertama", "This is the first you hear of an evaluation")
INTRODUCED = "SELECT introduced_by FROM person WHERE employee_id = $1"
VERSION = "SELECT xmin::text FROM person WHERE employee_id = $1"
EVENT = "SELECT event_id FROM delivery WHERE recipient = $1 ORDER BY created_at, delivery_id LIMIT 1"


async def explained(world: World, who: UUID) -> list[bool]:
    """Of each message, oldest first, whether it explains."""
    entries = await inbox(world.bench.pool, who, None, 10)
    return [any(words in entry.text for words in EXPLAINS) for entry in reversed(entries)]


async def test_the_first_letter_explains_and_no_other_does(world: World) -> None:
    """By both channels: the mail went first, and the inbox explains all the same."""
    for revision in (1, 2):
        await world.bench.events([completed(revision=revision)])
        await world.run()
    assert await explained(world, EMPLOYEE) == [True, False]
    assert await explained(world, SUPERIOR) == [False, False], "a superior's letters are about somebody else"
    event = await world.bench.pool.fetchval(EVENT, EMPLOYEE)
    assert await world.bench.pool.fetchval(INTRODUCED, EMPLOYEE) == event


async def test_of_several_at_once_the_earliest_explains(world: World) -> None:
    await world.bench.events([completed(), completed(revision=2), completed(revision=3)], one_by_one=True)
    await world.run()
    assert sorted(await explained(world, EMPLOYEE)) == [False, False, True]


async def test_a_letter_about_something_else_does_not(world: World) -> None:
    await world.bench.events([enrolled()])
    await world.run()
    assert await explained(world, EMPLOYEE) == [False]
    assert await world.bench.pool.fetchval(INTRODUCED, EMPLOYEE) is None


async def test_a_crash_between_the_channels_explains_in_both(world: World) -> None:
    await world.bench.events([completed()])
    await world.bench.pool.execute("UPDATE delivery SET next_at = 'infinity' WHERE channel = $1", Medium.INBOX)
    await world.run()
    await world.bench.pool.execute("UPDATE delivery SET next_at = created_at WHERE channel = $1", Medium.INBOX)
    await world.run()
    assert await explained(world, EMPLOYEE) == [True]


async def test_who_was_introduced_is_not_written_again(world: World) -> None:
    """Weaker: a commit more for each lot."""
    await world.bench.events([completed()])
    await world.run()
    before = await world.bench.pool.fetchval(VERSION, EMPLOYEE)
    await world.bench.events([completed(revision=2)])
    await world.run()
    assert await world.bench.pool.fetchval(VERSION, EMPLOYEE) == before
