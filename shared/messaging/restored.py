"""Going on after a sender's database was restored: what it tells from now on is numbered above what its topics hold."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from shared.db import Connection, Pool
from shared.messaging.outbox import BEGINNING
from shared.messaging.relay.lease import read, written
from shared.messaging.relay.own import OwnTopics, Sent, own_topics, unknown

Place = tuple[str, str]

# EXCLUSIVE, not ACCESS EXCLUSIVE, which would draw a transaction id before the present is read.
LOCK = "LOCK TABLE relay, stream, outbox IN EXCLUSIVE MODE"
RELAY = """SELECT lease_until >= clock_timestamp() AS is_held, cluster, offsets, since, until, last_id
FROM relay WHERE name = 'outbox'"""
PRESENT = "SELECT pg_current_snapshot()::text"
WAITING = """SELECT id, topic, key, sequence, event_id FROM outbox
WHERE NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
    AND NOT (pg_visible_in_snapshot(xid, $2::text::pg_snapshot) AND id <= $3) ORDER BY id"""
TOLD = """SELECT stream, key, sequence FROM stream
JOIN unnest($1::text[], $2::text[]) AS p(stream, key) USING (stream, key)"""
HIGHEST = "SELECT greatest(last_value, (SELECT max(id) FROM outbox)) FROM outbox_id_seq"
LOSE = """INSERT INTO lost (event_id, stream, key, sequence)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[])"""
FORGET = "DELETE FROM outbox WHERE event_id = ANY($1::uuid[])"
MOVE = """UPDATE outbox SET id = m.id, sequence = m.sequence, xid = pg_current_xact_id()
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS m(was, id, sequence) WHERE outbox.id = m.was"""
LIFT = """INSERT INTO stream (stream, key, sequence, at)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[])
ON CONFLICT (stream, key) DO UPDATE SET sequence = excluded.sequence, at = greatest(stream.at, excluded.at)"""
LIFT_IDS = "SELECT setval('outbox_id_seq', $1)"
# 1000: no epoch of the life that was lost comes again.
GO_ON = """UPDATE relay SET since = $1, until = $1, last_id = 0, cluster = $2, offsets = $3, restored = false,
    epoch = epoch + 1000, owner = NULL, lease_until = '-infinity' WHERE name = 'outbox'"""

PATIENCE_SECONDS = 30.0


class RelayAtWork(Exception):
    """A relay holds the lease and may be sending: stop the processes of this service, or try again."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What was done: events found lost, rows left out as already on a topic, rows numbered anew, rows to be sent."""

    lost: int = 0
    left_out: int = 0
    renumbered: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A row that was not sent."""

    id: int
    topic: str
    key: str
    sequence: int
    event_id: UUID

    @property
    def place(self) -> Place:
        """Its stream and key."""
        return self.topic, self.key


@dataclass(frozen=True, slots=True)
class Numbers:
    """The new id and sequence of each waiting row that stays, and the last sequence of each key that lost events."""

    rows: list[tuple[Waiting, int, int]]
    lasts: dict[Place, int]


async def raise_above(
    pool: Pool, bootstrap: list[str], prefix: str, topics: Iterable[str], seconds: float = PATIENCE_SECONDS
) -> Raised:
    """Number what was not sent above what the sender's `topics` hold. Where nothing is lost, nothing changes.

    Waits `seconds` for a lease to lapse (a backup may hold one). Raises RelayAtWork, and the broker's errors.
    """
    deadline = time.monotonic() + seconds
    async with own_topics(bootstrap, prefix, topics) as own, pool.acquire() as connection:
        while True:
            try:
                return await _raise(connection, own)
            except RelayAtWork:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.2)


async def _raise(connection: Connection, own: OwnTopics) -> Raised:
    """Read the topics while others work; then, alone, the few records that came since."""
    relay = await _relay(connection)
    unread = await own.unread(connection, relay["cluster"], read(relay["offsets"]))
    records = [sent async for lot in own.read(unread.start) for sent in lot]
    async with connection.transaction():
        await connection.execute(LOCK)
        # Read before this transaction has an id of its own: so what it writes lies behind it.
        present = await connection.fetchval(PRESENT)
        if await _relay(connection) != relay:
            raise RelayAtWork
        records += [sent async for lot in own.read(own.ends) for sent in lot]
        lost = await unknown(connection, records, unread.oldest)
        if not lost:
            return Raised()
        raised = await _number(connection, relay, records, lost)
        behind = BEGINNING.since if unread.elsewhere else present
        await connection.execute(GO_ON, behind, own.cluster, written(own.ends))
        return raised


async def _relay(connection: Connection) -> asyncpg.Record:
    found = await connection.fetchrow(RELAY)
    if found is None or found["is_held"]:
        raise RelayAtWork
    return found


async def _number(
    connection: Connection, relay: asyncpg.Record, records: Sequence[Sent], lost: Sequence[Sent]
) -> Raised:
    known = {r.id for r in records} - {r.id for r in lost}
    waiting = [
        Waiting(**row)
        for row in await connection.fetch(WAITING, relay["since"], relay["until"], relay["last_id"])
        if row["id"] not in known
    ]
    places = sorted({r.place for r in lost})
    told = await connection.fetch(TOLD, [topic for topic, _ in places], [key for _, key in places])
    highest = max(await connection.fetchval(HIGHEST), *(r.id for r in records))
    numbers = renumber(waiting, lost, {(t["stream"], t["key"]): t["sequence"] for t in told}, highest)
    await connection.execute(LOSE, *_columns({r.event_id: (r.event_id, r.topic, r.key, r.sequence) for r in lost}))
    forgotten = await connection.execute(FORGET, [r.event_id for r in lost])
    await connection.execute(MOVE, *_columns({row.id: (row.id, new, n) for row, new, n in numbers.rows}, 3))
    at = {r.place: r.at for r in sorted(lost, key=lambda r: r.at)}
    await connection.execute(LIFT, *_columns({p: (*p, n, at[p]) for p, n in sorted(numbers.lasts.items())}))
    await connection.execute(LIFT_IDS, highest + len(numbers.rows))
    return Raised(
        lost=len({r.event_id for r in lost}),
        left_out=int(forgotten.split()[-1]),
        renumbered=sum(row.sequence != n for row, _, n in numbers.rows),
        waiting=len(numbers.rows),
    )


def renumber(waiting: Sequence[Waiting], lost: Sequence[Sent], told: dict[Place, int], highest: int) -> Numbers:
    """New ids above `highest`, in their order; and, from the first lost one of a key on, sequences above its last.

    A waiting event that the topic holds already (its id is lost) is left out. `told`: the last sequence of each key.
    """
    gone, taken, late = {r.event_id for r in lost}, defaultdict[Place, list[int]](list), _by_place(waiting)
    for r in lost:
        taken[r.place].append(r.sequence)
    new, lasts = dict[tuple[Place, int], int](), dict[Place, int]()
    for place, sequences in taken.items():
        mine = {n: row for n, row in late[place].items() if n >= min(sequences)}
        kept = sorted(n for n, row in mine.items() if row.event_id not in gone)
        above = max(*sequences, min(mine) - 1 if mine else told.get(place, 0))
        new |= {(place, was): above + n for n, was in enumerate(kept, 1)}
        lasts[place] = above + len(kept)
    rows = [row for row in sorted(waiting) if row.event_id not in gone]
    numbered = [(row, highest + n, new.get((row.place, row.sequence), row.sequence)) for n, row in enumerate(rows, 1)]
    return Numbers(numbered, lasts)


def _by_place(waiting: Sequence[Waiting]) -> defaultdict[Place, dict[int, Waiting]]:
    """By sequence, so that what was queued twice counts once."""
    found = defaultdict[Place, dict[int, Waiting]](dict)
    for row in waiting:
        found[row.place][row.sequence] = row
    return found


def _columns(rows: dict[object, tuple[object, ...]], width: int = 0) -> list[list[object]]:
    return [list(column) for column in zip(*rows.values(), strict=True)] or [[] for _ in range(width)]
