"""Going on after a sender's database was restored: what it tells from now on is numbered above what its topics hold."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from shared.db import Connection, Pool
from shared.messaging.brokers import Brokers
from shared.messaging.relay.lease import read
from shared.messaging.relay.own import OwnTopics, Sent, own_topics, unknown
from shared.messaging.seen import Place

LOCK = "LOCK TABLE relay, stream, outbox IN EXCLUSIVE MODE"
RELAY = """SELECT lease_until >= clock_timestamp() AS is_held, cluster, offsets, since, until, last_id
FROM relay WHERE name = 'outbox'"""
WAITING = """SELECT id, topic, key, sequence, event_id FROM outbox
WHERE NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
    AND NOT (pg_visible_in_snapshot(xid, $2::text::pg_snapshot) AND id <= $3)"""
TOLD = """SELECT stream, key, sequence FROM stream
JOIN unnest($1::text[], $2::text[]) AS p(stream, key) USING (stream, key)"""
LOSE = """INSERT INTO lost (event_id, stream, key, sequence)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[])"""
FORGET = "DELETE FROM outbox WHERE event_id = ANY($1::uuid[])"
NUMBER = """UPDATE outbox SET sequence = n.sequence FROM unnest($1::bigint[], $2::bigint[]) AS n(id, sequence)
WHERE outbox.id = n.id"""
LIFT = """INSERT INTO stream (stream, key, sequence, at)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[])
ON CONFLICT (stream, key) DO UPDATE SET sequence = excluded.sequence, at = greatest(stream.at, excluded.at)"""

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


@dataclass(frozen=True, slots=True)
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


async def raise_above(
    pool: Pool, brokers: Brokers, prefix: str, topics: Iterable[str], seconds: float = PATIENCE_SECONDS
) -> Raised:
    """Number what was not sent above what the sender's `topics` hold. Where nothing is lost, nothing changes.

    Waits `seconds` for a lease to lapse (a backup may hold one). Raises RelayAtWork, and the broker's errors.
    """
    deadline = time.monotonic() + seconds
    async with own_topics(brokers, prefix, topics) as own, pool.acquire() as connection:
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
        if await _relay(connection) != relay:
            raise RelayAtWork
        records += [sent async for lot in own.read(own.ends) for sent in lot]
        lost = await unknown(connection, records, unread.oldest)
        if not lost:
            return Raised()
        there = {(r.id, r.event_id, r.sequence) for r in records}
        rows = [Waiting(**w) for w in await connection.fetch(WAITING, relay["since"], relay["until"], relay["last_id"])]
        waiting = [row for row in rows if (row.id, row.event_id, row.sequence) not in there]
        return await _number(connection, waiting, lost)


async def _relay(connection: Connection) -> asyncpg.Record:
    found = await connection.fetchrow(RELAY)
    if found is None or found["is_held"]:
        raise RelayAtWork
    return found


async def _number(connection: Connection, waiting: Sequence[Waiting], lost: Sequence[Sent]) -> Raised:
    """Write it down. The cursor stays as it is: the relay looks again, and finds what was lost in `lost`."""
    places = sorted({r.place for r in lost})
    told = await connection.fetch(TOLD, [topic for topic, _ in places], [key for _, key in places])
    numbers, lasts = number(waiting, lost, {(t["stream"], t["key"]): t["sequence"] for t in told})
    events = {r.event_id: (r.event_id, *r.place, r.sequence) for r in lost}
    await connection.execute(LOSE, *zip(*events.values(), strict=True))
    forgotten = await connection.execute(FORGET, list(events))
    await connection.execute(NUMBER, list(numbers), list(numbers.values()))
    at = {r.place: r.at for r in sorted(lost, key=lambda r: r.at)}
    await connection.execute(LIFT, *zip(*((*place, lasts[place], at[place]) for place in places), strict=True))
    left_out = int(forgotten.rpartition(" ")[2])
    return Raised(len(events), left_out, len(numbers), sum(row.event_id not in events for row in waiting))


def number(
    waiting: Sequence[Waiting], lost: Sequence[Sent], told: dict[Place, int]
) -> tuple[dict[int, int], dict[Place, int]]:
    """From the first lost one of a key on, sequences above its last: by row id, those that change; and each key's last.

    A waiting event that the topic holds already (its id is lost) is left out. `told`: the last sequence of each key.
    """
    gone, taken, late = {r.event_id for r in lost}, defaultdict[Place, list[int]](list), _by_place(waiting)
    for r in lost:
        taken[r.place].append(r.sequence)
    numbers, lasts = dict[int, int](), dict[Place, int]()
    for place, sequences in taken.items():
        mine = {n: rows for n, rows in late[place].items() if n >= min(sequences)}
        kept = [rows for _, rows in sorted(mine.items()) if rows[0].event_id not in gone]
        above = max(*sequences, min(mine) - 1 if mine else told.get(place, 0))
        numbers |= {row.id: above + n for n, rows in enumerate(kept, 1) for row in rows if row.sequence != above + n}
        lasts[place] = above + len(kept)
    return numbers, lasts


def _by_place(waiting: Sequence[Waiting]) -> defaultdict[Place, defaultdict[int, list[Waiting]]]:
    """By sequence: what was queued twice has the same."""
    found = defaultdict[Place, defaultdict[int, list[Waiting]]](lambda: defaultdict(list))
    for row in waiting:
        found[row.place][row.sequence].append(row)
    return found
