"""What nobody knows of a mail, an operator finds out: it went out, it did not, or it is sent once more."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notifications.actions.deliver import expire
from services.notifications.actions.settling import Settle
from services.notifications.api import SETTLE
from services.notifications.model.words import Medium, Verb
from services.notifications.store import deliveries
from shared.errors import Problem
from shared.events.notifications import NotificationAccepted, NotificationFailed
from tests.services.notifications.office import World
from tests.services.notifications.test_leases import OVER
from tests.services.notifications.test_rules import completed

LOST = ("unknown", "lease ran out")
MAILS = "SELECT state, reason FROM delivery WHERE channel = 'email' ORDER BY delivery_id"
FLOWS = "SELECT DISTINCT correlation_id FROM outbox"
ACTS = "SELECT who, what, place, reason FROM operator_action ORDER BY id"


async def unknown(world: World) -> list[UUID]:
    """The three mails of a result, each begun by a process that died."""
    await world.bench.events([completed()])
    begun = await deliveries.claim(world.bench.pool, uuid4(), 30, {Medium.EMAIL: 10})
    assert [await deliveries.attempt(world.bench.pool, one, 30) for one in begun] == [True] * 3
    await world.bench.pool.execute(OVER)
    await expire(world.office)
    await world.run()
    return sorted(one.delivery_id for one in begun)


async def settle(world: World, verb: Verb, *named: UUID) -> Any:
    body = Settle.model_validate({"deliveries": named, "verb": verb, "reason": "looked into the log"})
    _, answer = await world.bench.command(SETTLE, body, principal="op")
    return json.loads(answer)


async def mails(world: World) -> list[tuple[str, str]]:
    return [tuple(row) for row in await world.bench.pool.fetch(MAILS)]


@pytest.mark.parametrize(
    ("verb", "state", "fact"),
    [(Verb.ACCEPT, "accepted", NotificationAccepted), (Verb.REFUSE, "failed", NotificationFailed)],
)
async def test_what_an_operator_found_is_told_and_kept_with_its_reason(
    world: World, verb: Verb, state: str, fact: type[Any]
) -> None:
    first, second, _ = await unknown(world)
    before = len(await world.bench.told())
    assert await settle(world, verb, second, first) == {"deliveries": [str(first), str(second)], "state": state}
    assert await mails(world) == [(state, "settled by an operator")] * 2 + [LOST]

    told = (await world.bench.told())[before:]
    assert [(type(one), one.key) for one in told] == [(fact, str(first)), (fact, str(second))]
    assert {getattr(one, "reason", "settled by an operator") for one in told} == {"settled by an operator"}
    assert len(await world.bench.pool.fetch(FLOWS)) == 1, "in the flow of the result"
    kept = await world.bench.pool.fetch(ACTS)
    acts = [(who, what, json.loads(place)["key"], why) for who, what, place, why in kept]
    assert acts == [("op", f"{verb} delivery", str(each), "looked into the log") for each in (first, second)]
    assert await world.run() == 0, "nothing is sent again"


async def test_what_is_sent_again_goes_out_once_more_under_the_same_id(world: World) -> None:
    lost = await unknown(world)
    assert (await settle(world, Verb.RESEND, *lost))["state"] == "pending"
    assert await world.run() == 3
    assert await mails(world) == [("accepted", "")] * 3
    assert len(world.provider.taken) == 3
    accepted = [one for one in await world.told() if one[2] == "email"]
    assert accepted.count(("NotificationAccepted", "citizen", "email")) == 1


async def test_what_is_known_is_not_settled_and_nothing_beside_it(world: World) -> None:
    """Weaker: half of what is named is settled, or a mail that went out is sent again."""
    first, second, _ = await unknown(world)
    await settle(world, Verb.ACCEPT, first)
    for named, code in (((second, first), "not-unknown"), ((second, uuid4()), "unknown-delivery")):
        for verb in (Verb.ACCEPT, Verb.REFUSE, Verb.RESEND):
            with pytest.raises(Problem) as problem:
                await settle(world, verb, *named)
            assert problem.value.code == code
    assert (await mails(world)).count(LOST) == 2
    assert await world.bench.pool.fetchval("SELECT count(*) FROM operator_action") == 1
