"""What an audit looks at, and what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import asyncpg

from deploy.local.mailsink import Mail
from deploy.local.stack import SERVICES, Stack
from services.complaints.app import service as complaints
from services.evaluation.app import service as evaluation
from services.notifications.app import service as notifications
from services.training.app import service as training
from shared.service import Service
from tests.faults.audit.topics import Topics
from tests.faults.clients import Submission

ALL: dict[str, Service] = {
    "complaints": complaints,
    "evaluation": evaluation,
    "training": training,
    "notifications": notifications,
}
Databases: TypeAlias = "dict[str, asyncpg.Connection[asyncpg.Record]]"


class Sort(StrEnum):
    """What a contradiction comes to; WRONG is whatever is neither of the others (a phantom, a thing misplaced)."""

    LOST = "lost"
    DOUBLED = "doubled"
    INVERTED = "inverted"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What contradicts the promise: the invariant that it breaks, in words, and the id or key that it is about.

    `count`: how many things it says this of.
    """

    breaks: str
    sort: Sort
    says: str
    about: str = ""
    count: int = 1

    def __str__(self) -> str:
        return self.says


@dataclass(frozen=True, slots=True)
class BadInput:
    """A record that no service can use: where it lies, and where each listener must keep it, with which reason.

    `key`: parked under that key; none: a dead letter. `answered`: its office is refused on `receipts.v1`.
    """

    topic: str
    partition: int
    offset: int
    reason: str
    key: str = ""
    answered: str = ""

    @property
    def place(self) -> tuple[str, int, int]:
        return self.topic, self.partition, self.offset

    @property
    def listeners(self) -> list[str]:
        """The services that read it."""
        return [name for name, service in ALL.items() if self.topic in {t.name for t in service.listens.topics}]


@dataclass(slots=True)
class Evidence:
    """All that is known. `inverted`: keys that the harness itself told in the wrong order."""

    at: Databases
    topics: Topics
    submissions: Sequence[Submission]
    bad: Sequence[BadInput] = ()
    inverted: frozenset[tuple[str, str]] = frozenset()
    mails: Sequence[Mail] = field(default_factory=list)


@asynccontextmanager
async def databases(stack: Stack) -> AsyncIterator[Databases]:
    """A connection to each service's database."""
    opened = {name: await asyncpg.connect(stack.postgres_url(name)) for name in SERVICES}
    try:
        yield opened
    finally:
        for connection in opened.values():
            await connection.close()
