"""Commands that say themselves what becomes of them, and two replicas' doors to them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from shared.errors import Problem
from shared.messaging.requests import Call, Command, Requests
from shared.messaging.tx import Cause, Tx
from tests.shared.messaging.play import TRAILS, WRITE, Echoed, Play, Poisoned
from tests.shared.messaging.world import World


class Order(BaseModel):
    """`name` is the trail that it is written to; `no` starts the labels that are refused."""

    label: str
    name: str = "E"


class Done(BaseModel):
    label: str
    before: int


class Orders:
    """The verb; it judges (how many came before?) and writes, as a service would."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.command = Command("order", self.act, locks=lambda order: [("name", order.name)])

    async def act(self, tx: Tx, causes: Sequence[Cause[Any]]) -> None:
        labels = [cause.body.label for cause in causes]
        self.play.calls.append(labels)
        trails = {row["name"]: row["labels"] for row in await tx.fetch(TRAILS, [c.body.name for c in causes])}
        for cause in causes:
            await self.play.stop(cause.body.label, "read")
            if cause.body.label in self.play.poison:
                raise Poisoned(cause.body.label)
            if cause.body.label.startswith("no"):
                tx.refuse(cause, Problem(409, "not-possible", "Not possible"))
                continue
            trail = trails.setdefault(cause.body.name, [])
            tx.answer(cause, Done(label=cause.body.label, before=len(trail)), status=201)
            trail.append(cause.body.label)
            tx.tell(Echoed(subject="s", label=cause.body.label), cause=cause)
        await tx.execute(WRITE, list(trails), [" ".join(labels) for labels in trails.values()])


class Office:
    """A replica's door for commands."""

    def __init__(self, requests: Requests, orders: Orders) -> None:
        self.requests, self.orders = requests, orders

    @classmethod
    async def open(cls, world: World, *, url: str = "", limit: int = 100) -> Office:
        replica = await world.replica(url=url)
        return cls(Requests(replica.runner, limit), Orders(world.play))

    def call(self, label: str, *, key: str = "", name: str = "E", principal: str = "p") -> Call:
        return Call(self.orders.command, Order(label=label, name=name), principal, key or str(uuid.uuid4()))

    async def settle(self, *calls: Call) -> list[tuple[int, bytes, bool] | Problem]:
        """The outcome of each: status, body and whether it is a repetition; or the problem."""
        await self.requests.settle(calls)
        return [outcome(call) for call in calls]


def outcome(call: Call) -> tuple[int, bytes, bool] | Problem:
    problem = call.outcome.exception()
    if problem is not None:
        assert isinstance(problem, Problem)
        return problem
    answer, repeated = call.outcome.result()
    return answer.status, answer.body, repeated


def status(answered: tuple[int, bytes, bool] | Problem) -> int:
    return answered.status if isinstance(answered, Problem) else answered[0]
