"""Timers: each fires once, oldest first, and one that fails holds up no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from shared.messaging import timers
from shared.messaging.timers import Clockwork, Timers, schedule, unschedule
from shared.messaging.tx import Cause, Tx
from shared.messaging.waves import bucket
from shared.policy import Policies
from tests.shared.messaging.play import TRAILS, WRITE, Echoed, Play, Poisoned
from tests.shared.messaging.proxy import Proxy
from tests.shared.messaging.world import World, done, hold
from tests.until import until

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROWS = "SELECT subject, attempts, failure FROM timer ORDER BY subject"


class Bells:
    """Rings are written into one trail, and told."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.timers = Timers()
        self.timers.at("ring", locks=lambda subject: [("name", subject)])(self.ring)
        self.timers.at("early", daily="02:00")(self.ring)

    async def ring(self, tx: Tx, causes: Sequence[Cause[str]]) -> None:
        self.play.calls.append([cause.body for cause in causes])
        for cause in causes:
            await self.play.stop(cause.body, "read")
            if cause.body in self.play.poison:
                raise Poisoned
        trails = {row["name"]: list(row["labels"]) for row in await tx.fetch(TRAILS, [c.body for c in causes])}
        for cause in causes:
            trails.setdefault(cause.body, []).append(f"{cause.at:%H:%M}")
            tx.tell(Echoed(subject="rung", label=cause.body), cause=cause)
        await tx.execute(WRITE, list(trails), [" ".join(labels) for labels in trails.values()])


async def clockwork(world: World, url: str = "") -> Clockwork:
    return Clockwork((await world.replica(url=url)).runner, Bells(world.play).timers)


async def at(world: World, **dues: int) -> None:
    """Set bells: minutes after noon."""
    async with world.look.acquire() as connection:
        await schedule(_tx(world, connection), "ring", [(s, NOON + timedelta(minutes=m)) for s, m in dues.items()])


def _tx(world: World, connection: Any) -> Tx:
    return Tx(connection, NOON, world.settings, Policies({}))


async def rung(world: World) -> list[str]:
    return [label for _, _, label in await world.echoes()]


async def test_each_fires_once_with_two_replicas_side_by_side(world: World) -> None:
    """Weaker: selected without a lease, both find all of them."""
    here, there = await clockwork(world), await clockwork(world)
    subjects = {f"s{n:02}": n for n in range(40)}
    await at(world, **subjects)
    later = NOON + timedelta(hours=1)
    tasks = [world.start(each.fire(later)) for each in (here, there) for _ in range(3)]
    await done(*tasks)
    assert sum(task.result() for task in tasks) == 40
    assert sorted(await rung(world)) == sorted(subjects)
    assert await world.look.fetch(ROWS) == []


async def test_what_is_not_due_stays_and_a_moved_one_fires_at_its_new_time(world: World) -> None:
    """Weaker: scheduling again makes a second one."""
    here = await clockwork(world)
    await at(world, a=0, b=10)
    await at(world, a=5)
    assert await here.fire(NOON + timedelta(minutes=1)) == 0
    await here.fire(NOON + timedelta(minutes=6))
    assert (await world.trail("a"), await world.trail("b")) == (["12:05"], [])


async def test_the_oldest_are_taken_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weaker: in any order: under load an old one never gets its turn."""
    monkeypatch.setattr(timers, "LOT", 2)
    here = await clockwork(world)
    await at(world, c=3, a=4, d=1, b=2)
    for expected in (["d", "b"], ["d", "b", "c", "a"]):
        await here.fire(NOON + timedelta(hours=1))
        assert await rung(world) == expected


async def test_one_that_fails_is_parked_after_three_tries_and_starves_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: it stays the oldest for ever, and is leased again and again before the others."""
    monkeypatch.setattr(timers, "LOT", 2)
    world.play.poison = {"a"}
    here = await clockwork(world)
    await at(world, a=1, b=2, c=3)
    while await here.fire(NOON + timedelta(hours=1)):
        continue
    assert await rung(world) == ["b", "c"]
    assert [tuple(row) for row in await world.look.fetch(ROWS)] == [("a", 3, "Poisoned")]
    assert world.play.tries("a") == 1 + 3, "once among others, three times alone"
    assert await here.fire(NOON + timedelta(days=1)) == 0, "it is not taken again"
    await at(world, a=4)
    world.play.poison = set()
    await here.fire(NOON + timedelta(hours=1))
    assert await world.trail("a") == ["12:04"], "scheduled again it is as good as new"


async def test_one_that_somebody_holds_stops_no_other(world: World) -> None:
    """Weaker: the lease waits for the row's lock, and with it all timers of all replicas."""
    here = await clockwork(world)
    await at(world, a=1, b=2)
    async with world.look.acquire() as connection:
        held = await hold(connection, "SELECT FROM timer WHERE subject = 'a' FOR UPDATE")
        firing = world.start(here.fire(NOON + timedelta(hours=1)))
        await world.blocked_or_done(firing, 1)
        assert await rung(world) == ["b"]
        await held.rollback()
        await done(firing)


async def test_one_that_was_moved_after_it_was_leased_does_not_fire(world: World) -> None:
    """Weaker: what was read at the lease is believed; no second look under the locks."""
    here = await clockwork(world)
    await at(world, a=1, b=1, c=1)
    async with world.look.acquire() as connection:
        held = await hold(connection, "SELECT pg_advisory_xact_lock($1)", bucket(("name", "a")))
        firing = world.start(here.fire(NOON + timedelta(hours=1)))
        await world.blocked()
        tx = _tx(world, connection)
        await schedule(tx, "ring", [("a", datetime.now(UTC) + timedelta(days=1))])
        await unschedule(tx, "ring", ["b"])
        await held.commit()
        await done(firing)
    assert await rung(world) == ["c"]
    assert [row["subject"] for row in await world.look.fetch(ROWS)] == ["a"]


async def test_one_that_was_moved_while_it_failed_is_not_parked(world: World) -> None:
    """Weaker: parked by its name only, which now names another appointment."""
    world.play.poison = {"a"}
    here = await clockwork(world)
    await at(world, a=1)
    gate = world.play.gate("a read", 3)
    firing = world.start(here.fire(NOON + timedelta(hours=1)))
    await gate.arrived()
    moving = world.start(at(world, a=30))
    await world.blocked()
    gate.open()
    await done(firing, moving)
    assert [tuple(row) for row in await world.look.fetch(ROWS)] == [("a", 0, None)]


async def test_one_whose_lease_ran_out_under_its_owner_fires_once(world: World) -> None:
    """Weaker: the lease alone decides, and the owner was only slow."""
    here, there = await clockwork(world), await clockwork(world)
    await at(world, a=1)
    async with world.look.acquire() as connection:
        held = await hold(connection, "SELECT pg_advisory_xact_lock($1)", bucket(("name", "a")))
        slow = world.start(here.fire(NOON + timedelta(hours=1)))
        await world.blocked(1)
        second = world.start(there.fire(NOON + timedelta(hours=2)))
        await world.blocked(2)
        await held.rollback()
        await done(slow, second)
    assert (slow.result(), second.result()) == (1, 1), "both had leased it"
    assert await world.trail("a") == ["12:01"]


async def test_one_that_was_leased_by_a_killed_process_fires_when_the_lease_is_over(world: World) -> None:
    """Weaker: deleted at the lease, it is lost with the process."""
    here, there = await clockwork(world), await clockwork(world)
    await at(world, a=1)
    gate = world.play.gate("a read")
    killed = world.start(here.fire(NOON + timedelta(hours=1)))
    await gate.arrived()
    here.runner.pool.terminate()
    killed.cancel()
    assert await there.fire(NOON + timedelta(hours=1)) == 0

    async def fired() -> bool:
        return bool(await there.fire(NOON + timedelta(hours=2)))

    await until(fired)  # as soon as the server has noticed that the other is dead
    assert await world.trail("a") == ["12:01"]


async def test_16_one_whose_commit_was_not_heard_of_does_not_fire_again(world: World) -> None:
    """Weaker: run again from what was leased, without a look at whether it is still there."""
    await at(world, a=1)
    async with Proxy(world.url) as proxy:
        here = await clockwork(world, proxy.url)
        proxy.lose = 1
        await here.fire(NOON + timedelta(hours=1))
        here.runner.pool.terminate()
    assert proxy.lost == 1
    assert await world.trail("a") == ["12:01"]


async def test_a_daily_one_sets_itself_for_the_next_local_day(world: World) -> None:
    """Weaker: set in UTC, or set again only after a success that may never come."""
    here = await clockwork(world)
    await world.look.execute("INSERT INTO timer (name, subject, due) VALUES ('early', '', $1)", NOON)
    await here.fire(datetime.now(UTC))
    due = await world.look.fetchval("SELECT due FROM timer WHERE name = 'early'")
    local = due.astimezone(world.settings.zone)
    assert (local.hour, local.minute) == (2, 0)
    assert timedelta(0) < due - datetime.now(UTC) <= timedelta(days=1)


async def test_after_an_error_that_nobody_thought_of_the_others_still_fire(world: World) -> None:
    """Weaker: the loop ends, and no timer fires until somebody restarts the process."""
    await at(world, a=1)
    await world.look.execute("ALTER TABLE timer RENAME COLUMN failure TO hidden")
    here = await clockwork(world)
    with structlog.testing.capture_logs() as logs:
        running = world.start(here.run())
        await until(lambda: any(log["event"] == "timers_not_fired" for log in logs))
    await world.look.execute("ALTER TABLE timer RENAME COLUMN hidden TO failure")
    await until(lambda: _has_rung(world, "a"))
    assert not running.done()


async def _has_rung(world: World, subject: str) -> bool:
    return subject in await rung(world)
