"""Which parked keys may go on now: looked for page by page, in the order of their names."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.db import Pool
from shared.messaging.parked import message_of
from shared.messaging.record import Message, drained
from shared.messaging.seen import Place

PAGE = "SELECT * FROM parked_page($1, $2, $3, $4)"
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
