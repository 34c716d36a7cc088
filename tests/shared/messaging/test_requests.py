"""Commands: one effect for a key, however often and wherever it is asked."""

from __future__ import annotations

import pytest

from shared.errors import Problem
from shared.messaging.requests import Call
from tests.shared.messaging.commands import Office, Order, outcome, status
from tests.shared.messaging.world import World, done

REQUESTS = "SELECT idempotency_key, status FROM request ORDER BY idempotency_key"


async def test_the_same_key_and_body_gives_the_same_bytes_and_one_effect(world: World) -> None:
    """Weaker: the answer is made again, of a later state."""
    office = await Office.open(world)
    [first] = await office.settle(office.call("x", key="k"))
    await office.settle(office.call("y"))
    [again] = await office.settle(office.call("x", key="k"))
    assert first == (201, b'{"label":"x","before":0}', False)
    assert again == (201, b'{"label":"x","before":0}', True)
    assert await world.trail("E") == ["x", "y"]
    assert [label for _, _, label in await world.echoes()] == ["x", "y"]


async def test_the_same_key_at_two_replicas_at_the_same_time_has_one_effect(world: World) -> None:
    """Weaker: looked up before it is claimed; both find nothing and both act."""
    here, there = await Office.open(world), await Office.open(world)
    gate = world.play.gate("x read")
    one = world.start(here.settle(here.call("x", key="k")))
    await gate.arrived()
    other = world.start(there.settle(there.call("x", key="k")))
    await world.blocked()
    gate.open()
    await done(one, other)
    assert one.result() == [(201, b'{"label":"x","before":0}', False)]
    assert other.result() == [(201, b'{"label":"x","before":0}', True)]
    assert await world.trail("E") == ["x"]


async def test_the_same_key_twice_in_one_lot_has_one_effect(world: World) -> None:
    """Weaker: both are claimed by one transaction, which does not wait for itself."""
    office = await Office.open(world)
    calls = [office.call("x", key="k"), office.call("x", key="k"), office.call("y", key="l")]
    submitted = [world.start(office.requests.submit(call)) for call in calls]
    world.start(office.requests.run())
    await done(*submitted)
    assert [task.result()[1] for task in submitted] == [False, True, False]
    assert sorted(await world.trail("E")) == ["x", "y"]


async def test_another_body_under_a_used_key_is_refused(world: World) -> None:
    """Weaker: the old answer for a new wish."""
    office = await Office.open(world)
    await office.settle(office.call("x", key="k"))
    [answered] = await office.settle(office.call("z", key="k"))
    assert isinstance(answered, Problem)
    assert (answered.status, answered.code) == (422, "idempotency-key-reused")
    [other] = await office.settle(office.call("z", key="k", principal="q"))
    assert status(other) == 201, "a key is somebody's own"
    assert await world.trail("E") == ["x", "z"]


async def test_a_bad_one_among_good_ones_fails_alone(world: World) -> None:
    """Weaker: the lot rolls back, and all of them get a 500."""
    world.play.poison = {"c"}
    office = await Office.open(world)
    calls = [office.call(label, key=label) for label in "abcde"]
    answered = await office.settle(*calls)
    assert [status(one) for one in answered] == [201, 201, 500, 201, 201]
    assert sorted(await world.trail("E")) == ["a", "b", "d", "e"]
    assert [row["idempotency_key"] for row in await world.look.fetch(REQUESTS)] == ["a", "b", "d", "e"]


async def test_a_refused_one_leaves_no_row_and_may_be_asked_again(world: World) -> None:
    """Weaker: the claim stays without an answer, and every repetition fails."""
    office = await Office.open(world)
    answered = await office.settle(office.call("a", key="a"), office.call("no", key="n"))
    assert [status(one) for one in answered] == [201, 409]
    assert [tuple(row) for row in await world.look.fetch(REQUESTS)] == [("a", 201)]
    assert await world.echoes() == [("s", 1, "a")]
    assert [status(one) for one in await office.settle(office.call("b", key="n"))] == [201]


async def test_one_that_waited_for_a_refused_one_is_judged_by_itself(world: World) -> None:
    """Weaker: it finds the row gone that it waited for, and fails or is answered with nothing."""
    here, there = await Office.open(world), await Office.open(world)
    gate = world.play.gate("no read")
    one = world.start(here.settle(here.call("no", key="k")))
    await gate.arrived()
    other = world.start(there.settle(there.call("b", key="k")))
    await world.blocked()
    gate.open()
    await done(one, other)
    assert (status(one.result()[0]), status(other.result()[0])) == (409, 201)
    assert await world.trail("E") == ["b"]


async def test_two_that_judge_the_same_name_see_each_other(world: World) -> None:
    """Weaker: two waves in one call: both are told that none came before."""
    office = await Office.open(world)
    calls = [office.call(label, key=label) for label in "abc"]
    await office.settle(*calls)
    assert [body for _, body, _ in (outcome(call) for call in calls)] == [  # type: ignore[misc]
        f'{{"label":"{label}","before":{n}}}'.encode() for n, label in enumerate("abc")
    ]


async def test_a_full_queue_is_told_so_and_what_waits_too_long_is_not_lost(world: World) -> None:
    """Weaker: waiting without an end, or a 503 for something that then takes effect twice."""
    office = await Office.open(world, limit=1)
    call = office.call("x", key="k")
    with pytest.raises(Problem) as late:
        await office.requests.submit(call, seconds=0.01)
    with pytest.raises(Problem) as full:
        await office.requests.submit(office.call("y"), seconds=0.01)
    assert [(p.value.status, p.value.code) for p in (late, full)] == [(503, "unavailable"), (503, "overloaded")]
    world.start(office.requests.run())
    answer, _ = await call.outcome
    assert answer.status == 201
    again, repeated = await office.requests.submit(office.call("x", key="k"))
    assert (again.body, repeated) == (answer.body, True)


async def test_a_repetition_is_the_same_request_to_a_release_that_knows_more_fields(world: World) -> None:
    """Weaker: it is refused as another body, the client takes a new key as it is told, and there are two effects."""

    class Longer(Order):
        urgent: bool = False

    office = await Office.open(world)
    sent = '{"label": "x"}'
    for kind in (Order, Longer):
        call = Call(office.orders.command, kind.model_validate_json(sent), "p", "k")
        await office.requests.settle([call])
        assert outcome(call) == (201, b'{"label":"x","before":0}', kind is Longer)
