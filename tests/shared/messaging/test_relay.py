"""Interleaving 18, on a real broker: a relay that slept past its lease does no harm, wherever it slept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest

from shared import db
from shared.messaging.relay import Lost, loop
from tests.shared.messaging.play import happened
from tests.shared.messaging.post import Post, applied
from tests.until import until

ROW = "SELECT since, until, last_id, epoch, owner FROM relay"
EXPIRE = "UPDATE relay SET lease_until = clock_timestamp() - interval '1 second'"
SECONDS = 5.0
ALL_COPIES = -1


class Sleeper:
    """A connection or producer that falls asleep before the nth thing that it (or its twin) is asked to do."""

    def __init__(self, of: Any, bed: Bed) -> None:
        self._of, self._bed = of, bed

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        if name not in ("fetch", "fetchrow", "fetchval", "execute", "send_batch"):
            return found

        async def asked(*arguments: Any, **options: Any) -> Any:
            await self._bed.lie_down()
            return await found(*arguments, **options)

        return asked


class Bed:
    """Counts, and lets one sleep until it is woken."""

    def __init__(self, nth: int) -> None:
        self.nth, self.count = nth, 0
        self.asleep, self.awake = asyncio.Event(), asyncio.Event()

    async def lie_down(self) -> None:
        self.count += 1
        if self.count == self.nth:
            self.asleep.set()
            await asyncio.wait_for(self.awake.wait(), 20)


APART = ("s", "w")
"""Keys on different partitions: the relay sends a batch to each."""
POINTS = {
    1: "the lease",
    2: "looking",
    3: "saving the look",
    6: "reading",
    7: "the first send",
    8: "the second send",
    9: "looking again",
    10: "saving",
}


@pytest.mark.parametrize("nth", POINTS, ids=[f"before {point}" for point in POINTS.values()])
async def test_18_a_relay_that_slept_past_its_lease_changes_no_cursor_and_no_order(post: Post, nth: int) -> None:
    """Weaker: a cursor saved without `where epoch`; of a lease renewed by its owner's name alone."""
    replica = await post.world.replica()
    await replica.settle([happened(f"a{n}", tells=APART) for n in (1, 2)])
    bed, first, second = Bed(nth), post.relay(), post.relay()
    async with (
        post.producer() as one,
        post.producer() as other,
        post.world.look.acquire() as mine,
        post.world.look.acquire() as yours,
    ):
        sleeping = post.world.start(post.send_all(first, Sleeper(mine, bed), Sleeper(one, bed)))
        await asyncio.wait_for(bed.asleep.wait(), 20)
        await post.world.look.execute(EXPIRE)
        await replica.settle([happened(f"a{n}", tells=APART) for n in (3, 4)])
        await post.send_all(second, yours, other)
        row = await post.world.look.fetchrow(ROW)
        await replica.settle([happened("a5", tells=APART)])
        bed.awake.set()
        await asyncio.wait([sleeping])
        assert isinstance(sleeping.exception(), Lost) or nth == 1, "or it did not get the lease"
        assert await post.world.look.fetchrow(ROW) == row
        await post.send_all(second, yours, other)
    found = await post.read()
    assert {key: applied(sequences) for key, sequences in found.items()} == {key: [1, 2, 3, 4, 5] for key in APART}


async def test_a_lease_has_one_owner_and_a_new_epoch_for_each(post: Post) -> None:
    """Weaker: an owner that takes its lapsed lease again goes on in its old epoch."""
    first, second = post.relay(), post.relay()
    async with post.world.look.acquire() as connection:
        mine = await first.take(connection)
        assert mine is not None
        assert await second.take(connection) is None
        again = await first.take(connection)
        assert again is not None
        assert again.epoch == mine.epoch, "renewed"
        await connection.execute(EXPIRE)
        later = await first.take(connection)
        assert later is not None
        assert later.epoch == mine.epoch + 1, "others could have owned it in between"
        with pytest.raises(Lost):
            await again.save(connection)


async def test_a_relay_killed_before_it_saved_sends_again_and_in_order(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: the cursor is saved before the records are acknowledged: what was in flight is lost."""
    monkeypatch.setattr(loop, "SAVE_SECONDS", 60.0)  # however long the sending takes
    replica = await post.world.replica()
    await replica.settle([happened(f"a{n}", tells=("s",)) for n in (1, 2, 3)])
    first = post.relay()
    async with post.producer() as producer, post.world.look.acquire() as connection:
        lease = await first.take(connection)
        assert lease is not None
        while not await first.step(connection, producer, lease):
            continue
        await post.world.look.execute(EXPIRE)
        await post.send_all(post.relay(), connection, producer)
    found = await post.read()
    assert found["s"] == [1, 2, 3, 1, 2, 3]


async def test_a_relay_killed_in_the_middle_of_a_window_is_followed_by_one_that_sends_the_rest(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: a part of the cursor saved without the others: the last id of one window, the bounds of the next."""
    monkeypatch.setattr("shared.messaging.relay.loop.LOT", 2)
    replica = await post.world.replica()
    await replica.settle([happened(f"a{n}", tells=("s",)) for n in range(1, 6)])
    first = post.relay()
    async with post.producer() as producer, post.world.look.acquire() as connection:
        lease = await first.take(connection)
        assert lease is not None
        while not await first.step(connection, producer, lease):
            continue
        await lease.save(connection)
        await post.world.look.execute(EXPIRE)
        await post.send_all(post.relay(), connection, producer)
    assert (await post.read())["s"] == [1, 2, 3, 4, 5]


async def test_the_cursor_is_not_moved_over_what_the_broker_did_not_take(post: Post) -> None:
    """Weaker: cursor first, then the send."""
    post.seconds = 1.0
    replica = await post.world.replica()
    await replica.settle([happened("a1", tells=("s",))])
    relay = post.relay()
    async with post.world.look.acquire() as connection:
        async with post.producer() as producer:
            lease = await relay.take(connection)
            assert lease is not None
        before = lease.cursor
        while lease.cursor == before or lease.cursor.last_id == 0:
            try:
                await relay.step(connection, producer, lease)
            except Exception:
                break
        assert lease.cursor.last_id == 0, "the producer was closed, so nothing was sent"
        async with post.producer() as producer:
            while not await relay.step(connection, producer, lease):
                continue
    assert (await post.read())["s"] == [1]


async def test_the_broker_is_asked_for_all_copies_of_a_record(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weaker: acks=1: what one broker has and the others have not yet is believed to be sent, and goes with it.

    With one broker only the request tells the difference: Kafka asks for no more copies than a topic can have.
    """
    asked: list[int] = []
    send = AIOKafkaClient.send

    async def noted(self: AIOKafkaClient, node: int, request: Any, **options: Any) -> Any:
        asked.extend([request.required_acks] if isinstance(request, ProduceRequest) else [])
        return await send(self, node, request, **options)

    monkeypatch.setattr(AIOKafkaClient, "send", noted)
    await (await post.world.replica()).settle([happened("a1", tells=("s",))])
    relaying = post.world.start(post.relay().run())
    await until(lambda: _is_drained(post.world.look), 20)
    relaying.cancel()
    assert asked == [ALL_COPIES]


async def test_two_relays_that_run_side_by_side_send_everything_in_order(post: Post) -> None:
    """Weaker: both send; the second one's later lot overtakes the first one's."""
    post.seconds = SECONDS
    replica = await post.world.replica()
    relays = [post.relay(), post.relay()]
    tasks = [post.world.start(relay.run()) for relay in relays]
    for n in range(1, 6):
        await replica.settle([happened(f"a{n}", tells=("s", "t"))])
    await until(lambda: _is_drained(post.world.look), 20)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert sorted(relay.state for relay in relays) == ["another replica relays", "relaying"]
    assert await post.read() == {key: [1, 2, 3, 4, 5] for key in "st"}
    owner = await post.world.look.fetchval("SELECT owner FROM relay")
    assert owner is None, "one that stops gives its lease back"


async def _is_drained(pool: db.Pool) -> bool:
    """Whether the saved cursor is behind every row; `last_id` alone begins at 0 again in each new window."""
    left: int = await pool.fetchval("""SELECT count(*) FROM outbox, relay
        WHERE NOT pg_visible_in_snapshot(xid, since::pg_snapshot)
            AND NOT (pg_visible_in_snapshot(xid, until::pg_snapshot) AND id <= last_id)""")
    return left == 0
