"""Interleavings 21, on a real broker: a sender's database goes back to a backup, its topic does not."""

from __future__ import annotations

from typing import Any

import pytest

from shared.messaging.relay import Lease, Lost, Relay
from shared.messaging.relay.loop import Restored
from shared.messaging.restored import Raised, RelayAtWork
from tests.shared.messaging.lives import Sender
from tests.shared.messaging.post import Post, effects
from tests.shared.messaging.world import done, hold

LEASED = "UPDATE relay SET owner = 'before', lease_until = clock_timestamp() + make_interval(secs => $1)"
ELSEWHERE = "UPDATE relay SET cluster = 'another'"
TOLD_LAST = "SELECT sequence FROM stream WHERE key = $1"


@pytest.fixture
def sender(post: Post) -> Sender:
    return Sender(post)


async def _send_one_lot(relay: Relay, connection: Any, producer: Any, lease: Lease) -> None:
    while not await relay.step(connection, producer, lease):
        continue


@pytest.mark.parametrize("new", ["", "a3x", "a3x a4x", "a3x a4x a5x b1x"])
async def test_21_a_service_that_tells_fewer_or_more_than_were_lost_before_the_relay_looks(
    sender: Sender, new: str
) -> None:
    """Weaker: no look, or one at the highest id: the new a3 is taken for the old one, and lost."""
    await sender.lose("a1 a2", "a3 a4")
    if new:
        await sender.tell(new)
    before = await sender.post.records()
    assert await sender.send() == "restored"
    assert await sender.post.records() == before, "it sends nothing"
    raised = await sender.raise_above()
    assert (raised.lost, raised.waiting) == (2, len(new.split()))
    assert await sender.send() == "sent"
    await sender.tell("a9")
    assert await sender.send() == "sent"
    assert await sender.took_effect() == ["a1", "a2", "a3", "a4", *(n for n in new.split() if n[0] == "a"), "a9"]


async def test_21_duplicates_of_a_zombie_that_come_last_hide_nothing(sender: Sender) -> None:
    """Weaker: the last record of each partition is compared: it is a duplicate of one that was not lost."""
    await sender.tell("a1 a2")
    async with sender.post.late_relay() as zombie:
        assert await sender.send() == "sent"
        await sender.back_up()
        await sender.tell("a3")
        assert await sender.send() == "sent"
        await zombie.send()
    await sender.restore()
    await sender.tell("a3x")
    await sender.mend()
    assert await sender.took_effect() == ["a1", "a2", "a3", "a3x"]


async def test_21_a_low_id_committed_after_the_backup_is_missed_beside_a_higher_one_from_before(sender: Sender) -> None:
    """Weaker: records above the highest id of the outbox are lost, and only those."""
    async with sender.pool.acquire() as late:
        transaction = late.transaction()
        await transaction.start()
        await sender.tell("a1", late)
        await sender.tell("b1")
        await sender.back_up()
        await transaction.commit()
    assert await sender.send() == "sent"
    await sender.restore()
    await sender.tell("a1x")
    assert (await sender.mend()).lost == 1
    assert effects(await sender.post.records()) == {"a": ["a1", "a1x"], "b": ["b1"]}


async def test_21_a_lease_that_the_backup_holds_is_waited_for(sender: Sender) -> None:
    """Weaker: raised beneath a relay that may be sending what is being numbered."""
    await sender.lose("a1", "a2")
    await sender.pool.execute(LEASED, 600.0)
    assert await sender.send() == "waits"
    with pytest.raises(RelayAtWork):
        await sender.raise_above(0.0)
    assert await sender.pool.fetchval("SELECT count(*) FROM lost") == 0
    await sender.pool.execute(LEASED, 0.3)
    assert (await sender.raise_above(5.0)).lost == 1


async def test_21_a_relay_of_the_lost_life_does_not_save_its_cursor_over_the_restored_one(sender: Sender) -> None:
    """Weaker: saved by epoch alone, which is the same in the backup: what comes next is never looked at."""
    relay = sender.post.relay()
    async with sender.pool.acquire() as connection, sender.post.producer() as producer:
        await sender.tell("a1")
        lease = await sender.post.send_all(relay, connection, producer)
        assert lease is not None
        await sender.back_up()
        await sender.tell("a2")
        await _send_one_lot(relay, connection, producer, lease)
        await lease.save(connection)
        await sender.restore()
        await sender.tell("a2x")
        with pytest.raises(Lost):
            await lease.save(connection)
        again = await relay.take(connection)
        assert again is not None
        assert again.epoch == lease.epoch, "its lease is in the backup"
        with pytest.raises(Restored):
            await relay.look(connection, again)


async def test_21_a_relay_of_the_lost_life_that_sends_late_is_noticed_between_our_own_records(sender: Sender) -> None:
    """Weaker: the offset after the last own record is taken for how far the topic is known: a2 hides behind a2x."""
    await sender.tell("a1")
    assert await sender.send() == "sent"
    await sender.back_up()
    await sender.tell("a2")
    async with sender.post.late_relay() as zombie, sender.pool.acquire() as connection:
        await sender.restore()
        relay = sender.post.relay()
        async with sender.post.producer() as producer:
            lease = await sender.post.send_all(relay, connection, producer)
            assert lease is not None
            await zombie.send()
            await sender.tell("a3x")
            with pytest.raises(Lost, match="other records"):
                await _send_one_lot(relay, connection, producer, lease)
        await lease.release(connection)
    assert await sender.send() == "restored"


async def test_21_what_the_new_life_has_sent_already_keeps_its_sequence(sender: Sender) -> None:
    """Weaker: a relay killed before it saved its cursor: what it sent is numbered anew, and takes effect twice."""
    await sender.tell("a1")
    assert await sender.send() == "sent"
    await sender.back_up()
    await sender.tell("a2")
    async with sender.post.late_relay() as of_the_lost_life:
        await sender.restore()
        await sender.tell("a2x")
        async with sender.post.late_relay() as killed:
            await killed.send()
        await of_the_lost_life.send()
    assert await sender.send() == "restored"
    raised = await sender.raise_above()
    assert (raised.lost, raised.renumbered) == (1, 0)
    assert await sender.pool.fetchval(TOLD_LAST, "a") == 2


async def test_21_a_derived_id_told_again_takes_effect_once(sender: Sender) -> None:
    """Weaker: `lost` is not asked: a due timer tells a3 again under a new sequence."""
    await sender.lose("a1 a2", "a3 a4")
    await sender.tell("b3 a3 a5")
    raised = await sender.mend()
    assert (raised.lost, raised.left_out, raised.renumbered, raised.waiting) == (2, 1, 1, 2)
    await sender.tell("a6 a4 b4 a7")
    await sender.tell("a4")
    assert await sender.send() == "sent"
    assert effects(await sender.post.records()) == {"a": ["a1", "a2", "a3", "a4", "a5", "a6", "a7"], "b": ["b3", "b4"]}
    assert await sender.pool.fetchval(TOLD_LAST, "a") == 7


async def test_21_a_trimmed_outbox_knows_where_it_ended(sender: Sender) -> None:
    """Weaker: the highest row tells how far the database knows: there is none."""
    await sender.tell("a1 a2")
    assert await sender.send() == "sent"
    await sender.trim()
    assert await sender.send() == "sent", "what was trimmed is not missed"
    await sender.back_up()
    await sender.tell("a3")
    assert await sender.send() == "sent"
    await sender.restore()
    await sender.tell("a3x")
    await sender.mend()
    assert await sender.took_effect() == ["a1", "a2", "a3", "a3x"]


async def test_21_where_nothing_at_all_was_lost_the_relay_goes_on_by_itself(sender: Sender) -> None:
    """Weaker: refusing whenever the cursor is behind the topic: every crash would need an operator."""
    await sender.tell("a1 a2")
    await sender.back_up()
    assert await sender.send() == "sent"
    await sender.restore()
    await sender.tell("a3")
    assert await sender.raise_above() == Raised()
    assert await sender.send() == "sent"
    assert await sender.took_effect() == ["a1", "a2", "a3"]


async def test_21_a_backup_of_before_the_first_event_is_restored(sender: Sender) -> None:
    """Weaker: a cursor without offsets has nothing to look at."""
    await sender.back_up()
    await sender.tell("a1 b1")
    assert await sender.send() == "sent"
    await sender.restore()
    await sender.tell("a1x")
    assert (await sender.mend()).lost == 2
    assert await sender.took_effect() == ["a1", "a1x"]


async def test_21_a_backup_restored_twice_is_raised_twice(sender: Sender) -> None:
    """Weaker: `lost` forgets what an earlier restore lost."""
    await sender.lose("a1", "a2")
    await sender.tell("a2x")
    await sender.mend()
    await sender.restore()
    await sender.tell("a2y")
    assert (await sender.mend()).lost == 2
    assert await sender.took_effect() == ["a1", "a2", "a2x", "a2y"]


async def test_a_row_with_the_same_id_and_another_event_is_not_the_record_that_was_sent(sender: Sender) -> None:
    """Weaker: ids alone are compared; the new life draws the same ones for other events."""
    await sender.lose("a1", "a2")
    await sender.tell("b1x")
    assert (await sender.mend()).lost == 1
    assert effects(await sender.post.records()) == {"a": ["a1", "a2"], "b": ["b1x"]}


async def test_a_row_with_the_same_id_and_event_under_another_sequence_is_not_the_record_either(sender: Sender) -> None:
    """Weaker: the event is known, so its row is sent as well, under one more sequence."""
    await sender.lose("a1", "a2 a3 a4")
    await sender.tell("b1x a3 a5x")
    assert (await sender.mend()).lost == 3
    assert await sender.took_effect() == ["a1", "a2", "a3", "a4", "a5x"]


async def test_who_tells_while_the_numbers_are_raised_leaves_out_what_was_found_lost(sender: Sender) -> None:
    """Weaker: `lost` is read before the lock of the streams: the event is told again under a new sequence."""
    await sender.lose("a1", "a2")
    async with sender.pool.acquire() as one:
        held = await hold(one, "LOCK TABLE outbox IN ROW EXCLUSIVE MODE")
        raising = sender.post.world.start(sender.raise_above())
        await sender.post.world.blocked()
        telling = sender.post.world.start(sender.tell("a2 a3"))
        await sender.post.world.blocked(2)
        await held.rollback()
        await done(raising, telling)
    assert await sender.send() == "sent"
    assert await sender.took_effect() == ["a1", "a2", "a3"]
