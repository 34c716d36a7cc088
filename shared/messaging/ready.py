"""Which parked keys may go on now: looked for page by page, in the order of their names."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.db import Pool
from shared.messaging.parked import message_of
from shared.messaging.record import Message, drained
from shared.messaging.seen import Place

# From key to key by the primary key: a tail of 100,000 rows costs no more than one row. OFFSET 0 keeps the planner,
# where it knows the table badly, from reading a key's whole tail and asking for the sequence afterwards; LIMIT 1 in the
# place of EXISTS, from reading all that was seen at once.
PAGE = """WITH RECURSIVE page AS (
    (SELECT stream, key, 1 AS nth FROM parked WHERE (stream, key) > ($2, $3) ORDER BY stream, key LIMIT 1)
    UNION ALL
    SELECT p.stream, p.key, page.nth + 1 FROM page CROSS JOIN LATERAL (
        SELECT stream, key FROM parked WHERE (parked.stream, parked.key) > (page.stream, page.key)
        ORDER BY stream, key LIMIT 1) AS p
    WHERE page.nth < $1)
SELECT page.stream, page.key, (
    SELECT true FROM seen s CROSS JOIN LATERAL (
        SELECT q.reason, q.fact_stream, q.fact_key, q.fact_turn FROM parked q
        WHERE q.stream = s.stream AND q.key = s.key AND q.sequence BETWEEN s.sequence + 1
            AND CASE WHEN s.stream = ANY($4::text[]) THEN 9223372036854775807 ELSE s.sequence + 1 END
        OFFSET 0) AS p
    WHERE s.stream = page.stream AND s.key = page.key
        AND (p.reason = 'gap' OR (p.reason = 'waiting' AND p.fact_turn < (
            SELECT coalesce(max(f.turn), 0) FROM seen f WHERE f.stream = p.fact_stream AND f.key = p.fact_key)))
    LIMIT 1
) IS NOT NULL AND (
    SELECT true FROM parked r WHERE r.stream = page.stream AND r.key = page.key AND r.reason = 'regression' LIMIT 1
) IS NULL AS is_ready
FROM page ORDER BY page.nth"""
# The heads of all keys first: a long tail takes no room from the others.
MESSAGES = """SELECT p.* FROM unnest($1::text[], $2::text[]) AS k(stream, key) CROSS JOIN LATERAL (
    SELECT q.*, row_number() OVER (ORDER BY q.sequence, q.event_id) AS nth FROM parked q
    WHERE q.stream = k.stream AND q.key = k.key AND q.reason IN ('gap', 'waiting')
    ORDER BY q.sequence, q.event_id LIMIT $3) AS p
ORDER BY p.nth, p.stream, p.key LIMIT $3"""


@dataclass(frozen=True, slots=True)
class Page:
    """Some parked keys: those that may go on, and the last one looked at (None: there are no more)."""

    ready: list[Place]
    last: Place | None


async def page(pool: Pool, after: Place, size: int, states: Sequence[str]) -> Page:
    """Look at `size` keys behind `after`; of `states`, any parked one may be next."""
    rows = await pool.fetch(PAGE, size, *after, list(states))
    last = (rows[-1]["stream"], rows[-1]["key"]) if len(rows) == size else None
    return Page([(row["stream"], row["key"]) for row in rows if row["is_ready"]], last)


async def messages(pool: Pool, places: Sequence[Place], limit: int) -> list[Message]:
    """Parked messages of some keys, each key in order from its first."""
    rows = await pool.fetch(MESSAGES, [stream for stream, _ in places], [key for _, key in places], limit)
    return [drained(message_of(row)) for row in sorted(rows, key=lambda row: (row["stream"], row["key"], row["nth"]))]
