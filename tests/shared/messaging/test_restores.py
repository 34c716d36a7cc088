"""Random lives of a sender, backed up and restored again and again, against what an oracle says took effect."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import AsyncExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.shared.messaging.lives import Sender
from tests.shared.messaging.post import Post, Zombie, effects
from tests.shared.messaging.seeds import SEEDS

KEYS, HELD = "abc", "h"
STEPS = 24


@dataclass
class Database:
    """The labels that the database knows: told, lost, and told though the topic holds them, perhaps otherwise."""

    told: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    again: set[str] = field(default_factory=set)


class Lives:
    """Does something at random, and keeps account of what must come of it."""

    def __init__(self, sender: Sender, seed: int, stack: AsyncExitStack) -> None:
        self.sender, self.choose, self.stack = sender, random.Random(seed), stack
        self.now, self.kept, self.topic = Database(), Database(), set[str]()
        self.names: Iterator[str] = (f"{n}" for n in range(1, 1000))
        self.zombies: list[Zombie] = []
        self.held: tuple[Any, Any, str] | None = None

    async def tell(self) -> None:
        """Some new events; and some that a restore took away, as a timer that is due again would."""
        gone = sorted(self.topic - self.now.told)
        labels = [self.choose.choice(KEYS) + next(self.names) for _ in range(self.choose.randrange(1, 4))]
        labels += self.choose.sample(gone, min(len(gone), self.choose.randrange(3)))
        self.choose.shuffle(labels)
        await self.sender.tell(" ".join(labels))
        self.now.again |= set(labels) & self.topic - self.now.lost
        self.now.told |= set(labels) - self.now.lost

    async def hold(self) -> None:
        """A transaction that has told and commits later."""
        await self.let_go()
        connection = await self.sender.pool.acquire()
        transaction = connection.transaction()
        await transaction.start()
        label = HELD + next(self.names)
        await self.sender.tell(label, connection)
        self.held = connection, transaction, label

    async def let_go(self, *, commit: bool = True) -> None:
        if self.held is None:
            return
        connection, transaction, label = self.held
        await (transaction.commit() if commit else transaction.rollback())
        await self.sender.pool.release(connection)
        self.now.told |= {label} if commit else set()
        self.held = None

    async def send(self) -> None:
        """A relay sends, or refuses; then an operator acts, sometimes."""
        unknown = self.topic - self.now.told - self.now.lost
        outcome = await self.sender.send()
        assert outcome == "restored" if unknown else outcome == "sent" or self.now.again
        if outcome == "restored" and self.choose.random() < 0.7:
            await self.let_go()
            assert (await self.sender.raise_above()).lost >= len(unknown)
            self.now.lost |= unknown | self.now.again
            self.now.again = set()
            outcome = await self.sender.send()
            assert outcome == "sent"
        if outcome == "sent":
            self.topic |= self.now.told
            self.now.again = set()

    async def sleep(self) -> None:
        """A relay reads, falls asleep, and will send when others have sent that, and more."""
        if not self.topic - self.now.told:
            self.zombies.append(await self.stack.enter_async_context(self.sender.post.late_relay()))

    async def wake(self) -> None:
        """It sends what it read, if it is still of this life."""
        while self.zombies:
            await self.send()
            if self.topic >= self.now.told:
                await self.zombies.pop().send()
            else:
                self.zombies.clear()

    async def back_up(self) -> None:
        await self.sender.back_up()
        self.kept = deepcopy(self.now)

    async def restore(self) -> None:
        """Every process of the service is stopped before."""
        await self.let_go(commit=False)
        self.zombies.clear()
        await self.sender.restore()
        self.now = deepcopy(self.kept)


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_restored_each_event_takes_effect_once_and_in_order(post: Post, seed: int) -> None:
    """What was on the topic and what the database holds at the end: all of it took effect, and nothing else."""
    async with AsyncExitStack() as stack:
        lives = Lives(Sender(post), seed, stack)
        await lives.back_up()
        acts = [lives.tell] * 4 + [lives.send] * 3 + [lives.hold, lives.let_go, lives.sleep, lives.wake]
        for _ in range(STEPS):
            await lives.choose.choice([*acts, lives.back_up, lives.back_up, lives.restore])()
        await lives.let_go()
        while not lives.topic >= lives.now.told or lives.topic - lives.now.told - lives.now.lost:
            await lives.send()
    took = effects(await post.records())
    assert {label for labels in took.values() for label in labels} == lives.topic
