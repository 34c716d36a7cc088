"""Parked messages: visible, as they came, until they may take effect; and dead letters, which can't be placed."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from shared.db import Connection
from shared.messaging.record import Message, Record, drained, read
from shared.messaging.tx import Fact

PARK = """INSERT INTO parked (stream, key, sequence, event_id, reason, detail, fact_stream, fact_key, fact_turn,
    attempts, topic, partition, record_offset, header_names, header_values, value)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (stream, key, sequence, event_id) DO UPDATE SET reason = excluded.reason, detail = excluded.detail,
    fact_stream = excluded.fact_stream, fact_key = excluded.fact_key, fact_turn = excluded.fact_turn,
    attempts = parked.attempts + excluded.attempts"""
UNPARK = """DELETE FROM parked p USING unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
    AS a(stream, key, sequence, event_id)
WHERE p.stream = a.stream AND p.key = a.key AND p.sequence = a.sequence AND p.event_id = a.event_id"""
SUPERSEDE = """DELETE FROM parked p USING unnest($1::text[], $2::text[], $3::bigint[]) AS a(stream, key, sequence)
WHERE p.stream = a.stream AND p.key = a.key AND p.sequence <= a.sequence"""
TURNS = """SELECT f.stream, f.key, coalesce(s.turn, 0) AS turn
FROM unnest($1::text[], $2::text[]) AS f(stream, key) LEFT JOIN seen s USING (stream, key)"""
BURY = """INSERT INTO dead_letter
    (topic, partition, record_offset, reason, record_key, header_names, header_values, value)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"""
MARK_DEAD = """UPDATE stranger s SET dead = true FROM unnest($1::text[], $2::text[]) AS d(source, id)
WHERE s.source = d.source AND s.id = d.id"""
OF_KEY = """SELECT * FROM parked WHERE stream = $1 AND key = $2 AND reason IN ('gap', 'waiting')
ORDER BY sequence LIMIT $3"""


@dataclass(frozen=True, slots=True)
class Parking:
    """A message to park, why, and after how many `tries`; a waiting one with its fact and the fact's turn as read."""

    message: Message
    reason: str
    detail: str = ""
    fact: Fact | None = None
    turn: int | None = None
    tries: int = 0


async def park(connection: Connection, parkings: Sequence[Parking]) -> None:
    """Write down what may not take effect yet. What is parked already gets its new reason and turn; tries add up."""
    await connection.executemany(PARK, [_row(parking) for parking in parkings])


def _row(parking: Parking) -> tuple[object, ...]:
    message, record, fact = parking.message, parking.message.record, parking.fact
    place = (message.stream, message.key, message.sequence, message.id)
    why = (parking.reason, parking.detail, fact and fact.stream, fact and fact.key, parking.turn, parking.tries)
    return (*place, *why, record.topic, record.partition, record.offset, *_headers(record), record.value)


def _headers(record: Record) -> tuple[list[str], list[bytes | None]]:
    return [name.replace("\0", "") for name, _ in record.headers], [value for _, value in record.headers]


async def unpark(connection: Connection, messages: Sequence[Message]) -> None:
    """Forget parked messages that took effect (or are no longer needed)."""
    columns = [(m.stream, m.key, m.sequence, m.id) for m in messages]
    await connection.execute(UNPARK, *map(list, zip(*columns, strict=True)))


async def supersede(connection: Connection, messages: Sequence[Message]) -> None:
    """On state streams a higher version takes the place of parked lower ones."""
    columns = [(m.stream, m.key, m.sequence) for m in messages]
    await connection.execute(SUPERSEDE, *map(list, zip(*columns, strict=True)))


async def turns(connection: Connection, facts: Sequence[Fact]) -> dict[Fact, int]:
    """How often each fact's key has advanced; 0 where it never has."""
    rows = await connection.fetch(TURNS, [f.stream for f in facts], [f.key for f in facts])
    return {Fact(row["stream"], row["key"]): row["turn"] for row in rows}


async def of_key(connection: Connection, stream: str, key: str, limit: int) -> list[Message]:
    """What is parked of a key and may be drained, in order."""
    return [drained(message_of(row)) for row in await connection.fetch(OF_KEY, stream, key, limit)]


def message_of(row: asyncpg.Record) -> Message:
    """A parked row, read anew with the present code."""
    headers = tuple(zip(row["header_names"], row["header_values"], strict=True))
    message = read(
        Record(row["topic"], row["partition"], row["record_offset"], row["key"].encode(), headers, row["value"])
    )
    message.key, message.sequence, message.id = row["key"], row["sequence"], row["event_id"]
    return message


async def bury(connection: Connection, messages: Sequence[tuple[Message, str]]) -> None:
    """Keep records that can't be placed, byte for byte, with the reason."""
    rows = [
        (m.record.topic, m.record.partition, m.record.offset, why, m.record.key, *_headers(m.record), m.record.value)
        for m, why in messages
    ]
    await connection.executemany(BURY, rows)


async def mark_dead(connection: Connection, messages: Sequence[Message]) -> None:
    """Remember that these strangers' names belong to dead letters, so that a replay may take them back."""
    if messages:
        await connection.execute(MARK_DEAD, [m.source for m in messages], [m.id for m in messages])
