"""Replaying many keys at once, in lots: all that failed, of a stream, of a type, of a cause."""

from dataclasses import dataclass

from shared.db import Connection
from shared.messaging.runner import OPEN
from shared.messaging.seen import Place

# A type is compared as bytes: the headers are as they came, and need not be text.
KEYS = """SELECT DISTINCT p.stream, p.key FROM parked p
WHERE p.reason = $1 AND ($2::text IS NULL OR p.stream = $2) AND (p.stream, p.key) > ($4, $5)
    AND ($3::text IS NULL OR convert_to($3, 'UTF8') = p.header_values[array_position(p.header_names, 'ce_type')])
    AND ($7::text IS NULL
        OR strpos(concat_ws(' ', p.detail, 'lacks (' || p.fact_stream || ', ' || p.fact_key || ')'), $7) > 0)
    AND NOT EXISTS (SELECT FROM parked r WHERE r.stream = p.stream AND r.key = p.key AND r.reason = 'regression')
ORDER BY p.stream, p.key LIMIT $6"""
RELEASE_ALL = """UPDATE parked p SET reason = 'gap', detail = '', fact_stream = NULL, fact_key = NULL, fact_turn = NULL
FROM unnest($1::text[], $2::text[]) AS k(stream, key)
WHERE p.stream = k.stream AND p.key = k.key AND p.reason = $3"""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which keys: those with an event parked for this reason, of one stream or of all, of one type or of all.

    `why`: a part of the detail, or of `lacks (STREAM, KEY)` where it waits for a fact.
    """

    reason: str = "failed"
    stream: str | None = None
    type: str | None = None
    why: str | None = None


async def keys(connection: Connection, choice: Choice, after: Place, limit: int) -> list[Place]:
    """The keys after a place that a choice means and that no regression blocks, in order."""
    rows = await connection.fetch(KEYS, choice.reason, choice.stream, choice.type, *after, limit, choice.why)
    return [(row["stream"], row["key"]) for row in rows]


async def release(connection: Connection, places: list[Place], reason: str) -> None:
    """Let what is parked of these keys for this reason be tried anew. The keys are locked first, sorted."""
    columns = [list(column) for column in zip(*sorted(places), strict=True)] or [[], []]
    await connection.execute(OPEN, *columns, [], [], [])
    await connection.execute(RELEASE_ALL, *columns, reason)
