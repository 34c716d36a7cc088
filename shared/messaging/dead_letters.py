"""Dead letters: listed without their content, shown to one role, replayed with the present code, or discarded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import asyncpg

from shared.db import Connection
from shared.errors import Problem
from shared.events import Kind
from shared.messaging.failures import is_transient
from shared.messaging.inbox import Inbox, Lacking
from shared.messaging.record import Message, Reading, Record, read
from shared.messaging.rehearsal import where

# The newest, where a topic that was made anew has used an offset again.
TAKE = """SELECT * FROM dead_letter WHERE topic = $1 AND partition = $2 AND record_offset = $3
    AND ($4::timestamptz IS NULL OR at = $4)
ORDER BY at DESC LIMIT 1 FOR UPDATE"""
OF_TOPIC = """SELECT topic, partition, record_offset, digest, value FROM dead_letter
WHERE topic = $1 AND value IS NOT NULL ORDER BY partition, record_offset, digest"""
REMOVE = "DELETE FROM dead_letter WHERE topic = $1 AND partition = $2 AND record_offset = $3 AND digest = $4"
AT_ONCE = 20
"""A value may have a megabyte, and all of a topic are looked at."""
UNCLAIM = "DELETE FROM stranger WHERE source = $1 AND id = $2 AND dead"

NAME_TAKEN = (
    "An event of this source and id has taken effect, or a release that did not mark the name buried it. "
    "See what became of that event; `salor dead-letters discard` removes this one."
)


class Fate(StrEnum):
    """What became of a replayed dead letter."""

    SETTLED = "applied, parked or dropped by its sequence"
    APPLIED = "applied"


class _NameTaken(Exception):
    """A stranger's name that its dead letter can't give back."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Where a dead letter came from: what it is known by. Of several from one place: the one of `at`, or the newest."""

    topic: str
    partition: int
    offset: int
    at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


async def take(connection: Connection, letter: Letter) -> asyncpg.Record:
    """A dead letter's row, locked. Raises Problem 404."""
    row = await connection.fetchrow(TAKE, letter.topic, letter.partition, letter.offset, letter.at)
    if row is None:
        raise Problem(404, "no-dead-letter", f"There is no dead letter {letter}", "See `salor dead-letters`.")
    return row


async def discard(connection: Connection, letter: Letter) -> None:
    """Drop a dead letter for good. Raises Problem 404."""
    await _remove(connection, await take(connection, letter))


async def forget(connection: Connection, topic: str, must_go: Callable[[bytes], bool]) -> int:
    """Drop the dead letters of a topic whose values must be forgotten, in the caller's transaction. Gives how many."""
    found = [row async for row in connection.cursor(OF_TOPIC, topic, prefetch=AT_ONCE) if must_go(row["value"])]
    for row in found:
        await _remove(connection, row)
    return len(found)


async def replay(connection: Connection, inbox: Inbox, letter: Letter) -> Fate:
    """Read a dead letter with the present code and settle it, in the caller's transaction.

    Raises Problem where that fails again: it then stays as it was. A stranger's name that it had taken is given back
    first, or its own claim would swallow it; where the name is not its own to give back it stays too.
    """
    row = await take(connection, letter)
    message = read(record_of(row))
    is_stranger = message.topic.kind is Kind.STRANGER
    if message.reading is Reading.UNPLACEABLE or (is_stranger and message.reading is Reading.INVALID):
        raise _stays(letter, f"It still can't be read: {message.reason}")
    try:
        async with connection.transaction():
            await _remove(connection, row)
            return await _settle(connection, inbox, message)
    except _NameTaken:
        raise _stays(letter, NAME_TAKEN) from None
    except Lacking as lacking:
        raise _stays(letter, f"It lacks a fact that has not come: {lacking}") from None
    except Exception as error:
        if is_transient(error):
            raise
        raise _stays(letter, f"It failed again: {where(error)}") from error


async def _settle(connection: Connection, inbox: Inbox, message: Message) -> Fate:
    batch = inbox.batch([message], moving=False)
    if message.topic.kind is not Kind.STRANGER:
        await inbox.runner.within(connection, batch)
        return Fate.SETTLED
    await connection.execute(UNCLAIM, message.source, message.id)
    await inbox.runner.within(connection, batch)
    if not batch.claimed:
        raise _NameTaken
    return Fate.APPLIED


async def _remove(connection: Connection, row: asyncpg.Record) -> None:
    await connection.execute(REMOVE, row["topic"], row["partition"], row["record_offset"], row["digest"])


def record_of(row: asyncpg.Record) -> Record:
    """The record as it came from Kafka."""
    headers = tuple(zip(row["header_names"], row["header_values"], strict=True))
    return Record(row["topic"], row["partition"], row["record_offset"], row["record_key"], headers, row["value"])


def _stays(letter: Letter, detail: str) -> Problem:
    return Problem(409, "still-dead", f"The dead letter {letter} stays one", detail)
