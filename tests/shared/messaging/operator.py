"""An operator at a replica: each decision in a transaction of its own."""

from __future__ import annotations

import pytest

from shared.errors import Problem
from shared.messaging import decisions
from shared.messaging.decisions import Decision, Taken, Verb
from shared.messaging.record import Record
from tests.shared.messaging.play import HISTORY
from tests.shared.messaging.world import Replica


def id_of(record: Record) -> str:
    """The event id that a record carries."""
    return (dict(record.headers)["ce_id"] or b"").decode()


async def take(replica: Replica, verb: Verb, key: str, sequence: int | None = None, **more: str) -> Taken:
    """Decide about a key of the history (or of another `stream`)."""
    decision = Decision(verb, more.pop("stream", HISTORY.name), key, sequence, **more)
    async with replica.pool.acquire() as connection, connection.transaction():
        return await decisions.take(connection, decision)


async def refused(replica: Replica, verb: Verb, key: str, sequence: int | None = None, **more: str) -> str:
    """The title of the refusal."""
    with pytest.raises(Problem) as caught:
        await take(replica, verb, key, sequence, **more)
    return caught.value.title
