"""Dead letters: listed without their content, shown to one role, replayed with the present code, or discarded."""

from dataclasses import dataclass
from enum import StrEnum

import asyncpg

from shared.db import Connection
from shared.errors import Problem
from shared.events import Kind
from shared.messaging.failures import is_transient
from shared.messaging.inbox import Inbox, Lacking
from shared.messaging.record import Message, Reading, Record, read
from shared.messaging.rehearsal import where

TAKE = "SELECT * FROM dead_letter WHERE topic = $1 AND partition = $2 AND record_offset = $3 FOR UPDATE"
REMOVE = "DELETE FROM dead_letter WHERE topic = $1 AND partition = $2 AND record_offset = $3"
UNCLAIM = "DELETE FROM stranger WHERE source = $1 AND id = $2 AND dead"


class Fate(StrEnum):
    """What became of a replayed dead letter."""

    SETTLED = "applied, parked or dropped by its sequence"
    APPLIED = "applied"
    DROPPED = "dropped: its event had taken effect already"


@dataclass(frozen=True, slots=True)
class Letter:
    """Where a dead letter came from: what it is known by."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


async def take(connection: Connection, letter: Letter) -> asyncpg.Record:
    """A dead letter's row, locked. Raises Problem 404."""
    row = await connection.fetchrow(TAKE, letter.topic, letter.partition, letter.offset)
    if row is None:
        raise Problem(404, "no-dead-letter", f"There is no dead letter {letter}", "See `salor dead-letters`.")
    return row


async def discard(connection: Connection, letter: Letter) -> None:
    """Drop a dead letter for good. Raises Problem 404."""
    await take(connection, letter)
    await connection.execute(REMOVE, letter.topic, letter.partition, letter.offset)


async def replay(connection: Connection, inbox: Inbox, letter: Letter) -> Fate:
    """Read a dead letter with the present code and settle it, in the caller's transaction.

    Raises Problem where that fails again: it then stays as it was. A stranger's name that it had taken is given back
    first, or its own claim would swallow it.
    """
    message = read(record_of(await take(connection, letter)))
    is_stranger = message.topic.kind is Kind.STRANGER
    if message.reading is Reading.UNPLACEABLE or (is_stranger and message.reading is Reading.INVALID):
        raise _stays(letter, f"It still can't be read: {message.reason}")
    try:
        async with connection.transaction():
            return await _settle(connection, inbox, letter, message)
    except Lacking as lacking:
        raise _stays(letter, f"It lacks a fact that has not come: {lacking}") from None
    except Exception as error:
        if is_transient(error):
            raise
        raise _stays(letter, f"It failed again: {where(error)}") from error


async def _settle(connection: Connection, inbox: Inbox, letter: Letter, message: Message) -> Fate:
    await connection.execute(REMOVE, letter.topic, letter.partition, letter.offset)
    batch = inbox.batch([message], moving=False)
    if message.topic.kind is not Kind.STRANGER:
        await inbox.runner.within(connection, batch)
        return Fate.SETTLED
    await connection.execute(UNCLAIM, message.source, message.id)
    await inbox.runner.within(connection, batch)
    return Fate.APPLIED if batch.claimed else Fate.DROPPED


def record_of(row: asyncpg.Record) -> Record:
    """The record as it came from Kafka."""
    headers = tuple(zip(row["header_names"], row["header_values"], strict=True))
    return Record(row["topic"], row["partition"], row["record_offset"], row["record_key"], headers, row["value"])


def _stays(letter: Letter, detail: str) -> Problem:
    return Problem(409, "still-dead", f"The dead letter {letter} stays one", detail)
