"""Commands while the database is in trouble: 503 in time, never a false 2xx, one effect for whoever comes again."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence

import pytest

from shared.errors import Problem
from shared.messaging import requests
from shared.messaging.requests import HASTE, PATIENCE
from tests.shared.messaging.commands import Office
from tests.shared.messaging.proxy import Proxy
from tests.shared.messaging.world import World
from tests.until import until

FILL = """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON request EXECUTE FUNCTION full_disk()"""
CLEAR = "DROP FUNCTION full_disk CASCADE"
TAKE_BACK = """CREATE SEQUENCE tries;
CREATE FUNCTION take_back() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF nextval('tries') <= {times} THEN RAISE serialization_failure; END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER take_back AFTER INSERT ON request DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION take_back()"""
LET_BE = "DROP FUNCTION take_back CASCADE; DROP SEQUENCE tries"
GRACE = 2.0


@pytest.fixture
def long_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waited for it again is told from who was slow on a machine with other work."""
    monkeypatch.setattr(requests, "GRACE", GRACE)


async def ask(office: Office, labels: str) -> tuple[list[int], list[str], float]:
    """Submit one command a label under that key: the statuses, the problems' codes, the seconds of the slowest."""
    began = time.monotonic()
    calls = [office.requests.submit(office.call(label, key=label)) for label in labels]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    seconds = time.monotonic() - began
    problems = [answer for answer in answers if isinstance(answer, Problem)]
    assert all(problem.retry_after for problem in problems), "a 503 says when to come again"
    statuses = [answer.status if isinstance(answer, Problem) else answer[0].status for answer in answers]  # type: ignore[index]
    return statuses, sorted({problem.code for problem in problems}), seconds


async def labels(world: World) -> Sequence[str]:
    return sorted(await world.trail("E"))


@pytest.mark.usefixtures("long_grace")
async def test_a_full_disk_is_told_at_once_and_the_same_keys_take_effect_once_it_is_cleared(world: World) -> None:
    """Weaker: the door waits for the disk, and every caller with it."""
    office = await Office.open(world)
    world.start(office.requests.run())
    await world.look.execute(FILL)
    try:
        statuses, codes, seconds = await ask(office, "abc")
        assert (statuses, codes) == ([503] * 3, ["storage-full"])
        assert seconds < PATIENCE / 2
        statuses, _, seconds = await ask(office, "abcd")
        assert statuses == [503] * 4
        assert seconds < GRACE, "known trouble is not waited for"
    finally:
        await world.look.execute(CLEAR)
    assert await labels(world) == []
    assert (await ask(office, "abcd"))[0] == [201] * 4
    assert (await ask(office, "abcd"))[0] == [201] * 4
    assert await labels(world) == ["a", "b", "c", "d"]


async def test_what_went_wrong_for_a_caller_who_has_left_is_no_error_of_the_process(world: World) -> None:
    """Weaker: an error in the log for each of the hundreds who gave up while the database was away."""
    office = await Office.open(world)
    told: list[str] = []
    call = office.call("a", key="a")
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
    await world.look.execute(FILL)
    try:
        with pytest.raises(Problem):
            await office.requests.submit(call, seconds=0.01)
        world.start(office.requests.run())
        await until(call.outcome.done)
        del call
        assert (await ask(office, "b"))[0] == [503], "the door has let go of the first"
        gc.collect()
    finally:
        await world.look.execute(CLEAR)
        asyncio.get_running_loop().set_exception_handler(None)
    assert told == []


@pytest.mark.usefixtures("long_grace")
async def test_a_database_that_is_away_is_told_at_once_and_found_again_without_a_restart(world: World) -> None:
    """Weaker: a 500, or a door that stays shut."""
    async with Proxy(world.url) as proxy:
        office = await Office.open(world, url=proxy.url)
        world.start(office.requests.run())
        assert (await ask(office, "a"))[0] == [201]
        await proxy.leave()
        statuses, codes, seconds = await ask(office, "abc")
        assert (statuses, codes) == ([503] * 3, ["unavailable"])
        assert seconds < PATIENCE / 2
        assert (await ask(office, "abc"))[2] < GRACE
        await proxy.come_back()
        assert (await ask(office, "abc"))[0] == [201] * 3
        office.requests.runner.pool.terminate()
    assert await labels(world) == ["a", "b", "c"]


async def test_a_database_that_hangs_is_told_in_time_and_what_it_had_begun_has_one_effect(world: World) -> None:
    """Weaker: a second effect for who came again while the first try was still on its way."""
    async with Proxy(world.url) as proxy:
        office = await Office.open(world, url=proxy.url)
        world.start(office.requests.run())
        assert (await ask(office, "a"))[0] == [201]
        proxy.flowing.clear()
        with pytest.raises(Problem):
            await office.requests.submit(office.call("b", key="b"), seconds=0.05)
        statuses, _, seconds = await ask(office, "bc")
        assert statuses == [503] * 2
        assert seconds < HASTE * 2, "a hanging server is known after the first who waited in vain"
        proxy.flowing.set()
        assert (await ask(office, "bcd"))[0] == [201] * 3
        office.requests.runner.pool.terminate()
    assert await labels(world) == ["a", "b", "c", "d"]


async def test_a_broken_connection_is_not_the_callers_business(world: World) -> None:
    """Weaker: a 503 for each connection that a restart of the server cost."""
    async with Proxy(world.url) as proxy:
        office = await Office.open(world, url=proxy.url)
        world.start(office.requests.run())
        proxy.lose = 2
        assert (await ask(office, "a"))[0] == [201]
        office.requests.runner.pool.terminate()
    assert await labels(world) == ["a"]


async def test_what_the_server_took_back_is_run_again_and_is_no_trouble(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: a 503 for what another's transaction did, and haste for all who come meanwhile."""
    monkeypatch.setattr(requests, "GRACE", 0.0)
    office = await Office.open(world)
    await world.look.execute(TAKE_BACK.format(times=3))
    try:
        world.start(office.requests.run())
        assert (await ask(office, "abc"))[0] == [201] * 3
        assert office.requests.trouble_since is None
    finally:
        await world.look.execute(LET_BE)
    assert await labels(world) == ["a", "b", "c"]


async def test_what_is_taken_back_again_and_again_is_told_once_somebody_waited_in_vain(world: World) -> None:
    """Weaker: the door repeats it for ever, and every caller waits for the whole of the patience."""
    office = await Office.open(world)
    await world.look.execute(TAKE_BACK.format(times=10**9))
    try:
        world.start(office.requests.run())
        with pytest.raises(Problem):
            await office.requests.submit(office.call("a", key="a"), seconds=0.05)
        statuses, codes, seconds = await ask(office, "bc")
        assert (statuses, codes) == ([503] * 2, ["unavailable"])
        assert seconds < HASTE * 2
    finally:
        await world.look.execute(LET_BE)
    statuses, _, _ = await ask(office, "abc")
    assert statuses == [201] * 3, "the next attempt comes before those who wait in haste give up"
    assert await labels(world) == ["a", "b", "c"]
