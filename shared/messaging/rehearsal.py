"""The dry run: a decision is taken, what it sets free is run by the present code, and all of it is rolled back."""

import traceback
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from shared.db import Connection
from shared.events import Kind
from shared.messaging import decisions, parked
from shared.messaging.decisions import Decision
from shared.messaging.failures import is_transient
from shared.messaging.inbox import Inbox, Lacking
from shared.messaging.record import Message
from shared.messaging.seen import Verdict
from shared.messaging.tx import Told

LONGEST = 100
"""Events of a key that are tried: their locks are held until the roll back."""


class Outcome(StrEnum):
    """What would happen to an event."""

    APPLIES = "applies"
    DROPS = "drops"
    FAILS = "fails"
    WAITS = "waits"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Step:
    """What would happen to one event: why, and what it would tell (type and key)."""

    sequence: int
    event_id: str
    type: str
    outcome: Outcome
    why: str = ""
    tells: list[tuple[str, str]] = field(default_factory=list)


async def rehearse(inbox: Inbox, decision: Decision) -> list[Step]:
    """What would happen if a decision were taken now. Raises Problem where it could not be."""
    async with inbox.runner.pool.acquire() as connection:
        rehearsal = connection.transaction()
        await rehearsal.start()
        try:
            await decisions.take(connection, decision)
            return await _drain(inbox, connection, decision)
        finally:
            await rehearsal.rollback()


async def _drain(inbox: Inbox, connection: Connection, decision: Decision) -> list[Step]:
    steps: list[Step] = []
    for message in await parked.of_key(connection, decision.stream, decision.key, LONGEST):
        steps.append(await _try(inbox, connection, message))
        if message.topic.kind is Kind.CHAIN and steps[-1].outcome in (Outcome.FAILS, Outcome.WAITS, Outcome.STAYS):
            break
    return steps


async def _try(inbox: Inbox, connection: Connection, message: Message) -> Step:
    """One event in a savepoint, so that its failure leaves what was tried before it."""
    batch = inbox.batch([message])
    try:
        tx = await inbox.runner.within(connection, batch)
    except Lacking as lacking:
        return _step(message, Outcome.WAITS, f"for the fact {lacking}")
    except Exception as error:
        if is_transient(error):
            raise
        return _step(message, Outcome.FAILS, where(error))
    ((_, verdict),) = batch.verdicts
    if verdict is Verdict.FAILED:
        return _step(message, Outcome.FAILS, message.reason)
    outcomes = {Verdict.APPLY: Outcome.APPLIES, Verdict.DROP: Outcome.DROPS}
    return _step(message, outcomes.get(verdict, Outcome.STAYS), told=tx.told)


def _step(message: Message, outcome: Outcome, why: str = "", told: list[Told] | None = None) -> Step:
    tells = [(one.event.type, one.key) for one in told or ()]
    return Step(message.sequence, message.id, message.type, outcome, why, tells)


def where(error: Exception) -> str:
    """An error's type and the line of ours that raised it; its text may hold what an event said."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "site-packages" not in f.filename]
    line = f" at {'/'.join(Path(frames[-1].filename).parts[-3:])}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{line}"
