"""Strangers' events that are posted: the same effect as by Kafka, once by both doors, and an answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from shared.errors import Problem
from shared.messaging.record import Record
from shared.messaging.requests import Call, Command
from shared.messaging.strangers import Posted, Settled, Strangers, posted
from shared.messaging.tx import Cause, Tx
from tests.shared.messaging.commands import outcome
from tests.shared.messaging.play import LETTERS, Echoed, Written
from tests.shared.messaging.world import World, done

SOURCE = "urn:test"


class Said(BaseModel):
    new: bool
    told: int


async def say(tx: Tx, causes: Sequence[Cause[Settled]]) -> None:
    """Answer how much each told, once its listener was called."""
    for cause in causes:
        told = sum(one.cause.id == cause.body.message.id and isinstance(one.event, Echoed) for one in tx.told)
        tx.answer(cause, Said(new=cause.body.new, told=told))


SAY = Command("say", say)


def letter(label: str, **script: Any) -> Posted:
    """A letter with its label as its id."""
    body = Written(subject=label, label=label, **script).model_dump(mode="json")
    event = {"specversion": "1.0", "id": label, "source": SOURCE, "type": Written.type, "data": body}
    return posted(LETTERS, json.dumps(event).encode(), None)


def kafkas(one: Posted) -> Record:
    """The same event as a record of its topic."""
    return one.message.record


class Door:
    """A replica's second door."""

    def __init__(self, strangers: Strangers) -> None:
        self.strangers = strangers

    @classmethod
    async def open(cls, world: World) -> Door:
        return cls(Strangers((await world.replica()).inbox, 100))

    async def post(self, *letters: Posted) -> list[tuple[int, bytes, bool] | Problem]:
        calls = [Call(SAY, each, SOURCE, each.message.id) for each in letters]
        await self.strangers.settle(calls)
        return [outcome(call) for call in calls]


def said(answered: tuple[int, bytes, bool] | Problem) -> tuple[bool, int]:
    assert not isinstance(answered, Problem)
    answer = Said.model_validate_json(answered[1])
    return answer.new, answer.told


async def test_a_posted_event_meets_its_listener_once_and_its_answer_stays(world: World) -> None:
    door = await Door.open(world)
    first, again = [await door.post(letter("a", tells=("s",))) for _ in range(2)]
    assert said(first[0]) == said(again[0]) == (True, 1)
    assert await world.trail("letters.v1 a") == ["a"]
    assert await world.echoes() == [("s", 1, "a")]


async def test_what_came_by_the_topic_is_not_new_and_the_other_way_round(world: World) -> None:
    """Weaker: the doors remember apart."""
    door, replica = await Door.open(world), await world.replica()
    await replica.settle([kafkas(letter("a"))])
    assert said((await door.post(letter("a")))[0]) == (False, 0)
    await door.post(letter("b"))
    await replica.settle([kafkas(letter("b"))])
    assert (await world.trail("letters.v1 a"), await world.trail("letters.v1 b")) == (["a"], ["b"])


async def test_both_doors_claim_before_they_lock_names(world: World) -> None:
    """Weaker: names first at this door; it then waits for the event's claim while the topic's waits for its name."""
    door, replica = await Door.open(world), await world.replica()
    gate = world.play.gate("a read")
    holding = world.start(replica.settle([kafkas(letter("a", names=("E",)))]))
    await gate.arrived()
    with capture_logs() as logs:
        posting = world.start(door.post(letter("b", names=("E",))))
        await world.blocked(1)
        behind = world.start(replica.settle([kafkas(letter("b", names=("E",)))]))
        await world.blocked(2)
        gate.open()
        await done(holding, posting, behind)
    assert said(posting.result()[0]) == (True, 0)
    assert await world.trail("E") == ["a", "b"]
    assert [log["event"] for log in logs] == []


async def test_a_poisoned_one_fails_alone_and_leaves_nothing(world: World) -> None:
    """Weaker: its claim stays, and it is dropped when it comes again."""
    world.play.poison = {"b"}
    door = await Door.open(world)
    first = await door.post(letter("a"), letter("b"), letter("c"))
    assert [answer.status if isinstance(answer, Problem) else answer[0] for answer in first] == [200, 500, 200]
    world.play.poison = set()
    assert said((await door.post(letter("b")))[0])[0] is True
    assert await world.trail("letters.v1 b") == ["b"]
    assert await world.look.fetchval("SELECT count(*) FROM dead_letter") == 0


async def test_another_event_under_a_used_id_is_refused(world: World) -> None:
    door = await Door.open(world)
    await door.post(letter("a"))
    (answer,) = await door.post(letter("a", tells=("s",)))
    assert isinstance(answer, Problem)
    assert answer.code == "idempotency-key-reused"


def test_what_has_no_name_is_refused_before_it_is_taken_in() -> None:
    for body in (b"", b"{", b"[]", b"{}", b'{"id": "1"}', b'{"source": "urn:test", "id": ""}'):
        with pytest.raises(Problem) as refused:
            posted(LETTERS, body, None)
        assert (refused.value.status, [error.field for error in refused.value.errors]) == (422, ["event"])
