"""Clocks of complaints, what they are judged by, and who is above a case."""

from collections.abc import Collection, Sequence
from uuid import UUID

from asyncpg import Record

from services.complaints.model.clocks import Ticking
from shared.events.complaints import Clock
from shared.messaging.tx import Tx

CASES = """SELECT c.complaint_id, c.state, c.category, c.filed_on, c.filed_at, c.verified_at, c.answered_at,
    c.handler_id, c.employee_id, coalesce(c.unit, e.unit) AS unit,
    coalesce(e.superior_id, nullif(u.head_id, e.employee_id)) AS superior_id
FROM complaint c LEFT JOIN employee e USING (employee_id) LEFT JOIN unit u ON u.unit = e.unit
WHERE c.complaint_id = ANY($1::uuid[])"""
TURNS = """SELECT complaint_id, kind, at FROM said
WHERE complaint_id = ANY($1::uuid[]) AND kind IN ('question', 'data', 'answer', 'reopening')
ORDER BY complaint_id, at, said_id"""
CLOCKS = """SELECT complaint_id, clock, since, due_on, calendar, paused, warned, level, escalated_on, stopped_on
FROM complaint_clock WHERE complaint_id = ANY($1::uuid[])"""
SAVE_CLOCKS = """INSERT INTO complaint_clock (complaint_id, clock, since, due_on, calendar, paused, warned, level,
    escalated_on, stopped_on)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::date[], $4::date[], $5::text[], $6::boolean[], $7::int[], $8::int[],
    $9::date[], $10::date[])
ON CONFLICT (complaint_id, clock) DO UPDATE SET since = excluded.since, due_on = excluded.due_on,
    calendar = excluded.calendar, paused = excluded.paused, warned = excluded.warned, level = excluded.level,
    escalated_on = excluded.escalated_on, stopped_on = excluded.stopped_on"""
COUNTED_OTHERWISE = """SELECT complaint_id FROM complaint_clock WHERE stopped_on IS NULL AND calendar <> $1::text
UNION SELECT complaint_id FROM complaint c WHERE ended_at IS NULL
    AND NOT EXISTS (SELECT FROM complaint_clock k WHERE k.complaint_id = c.complaint_id)"""
HEADS = """WITH RECURSIVE above AS (
    SELECT unit AS below, unit, head_id, parent, 0 AS step FROM unit WHERE unit = ANY($1::text[]) OR parent IS NULL
    UNION ALL
    SELECT a.below, u.unit, u.head_id, u.parent, a.step + 1 FROM above a JOIN unit u ON u.unit = a.parent
    WHERE a.step < 10)
SELECT below, array_agg(head_id ORDER BY step) AS heads, bool_or(step = 0 AND parent IS NULL) AS top FROM above
GROUP BY below ORDER BY below"""
RUNNING = """SELECT clock, due_on, paused FROM complaint_clock
WHERE complaint_id = $1::uuid AND stopped_on IS NULL ORDER BY due_on, clock"""

COLUMNS = (
    *("complaint_id", "clock", "since", "due_on", "calendar", "paused", "warned", "level", "escalated_on"),
    "stopped_on",
)


async def cases(tx: Tx, ids: Collection[UUID]) -> list[Record]:
    """What is kept of some cases that their clocks are judged by, the oldest first."""
    return sorted(await tx.fetch(CASES, list(ids)), key=lambda row: (row["filed_at"], row["complaint_id"]))


async def turns(tx: Tx, ids: Collection[UUID]) -> dict[UUID, list[Record]]:
    """What was said on some cases that paused, resumed, answered or reopened them: `kind` and `at`, in order."""
    found: dict[UUID, list[Record]] = {}
    for row in await tx.fetch(TURNS, list(ids)):
        found.setdefault(row["complaint_id"], []).append(row)
    return found


async def clocks(tx: Tx, ids: Collection[UUID]) -> dict[UUID, dict[Clock, Ticking]]:
    """The clocks of some complaints, stopped ones too. Sound only under the names ("complaint", id)."""
    found: dict[UUID, dict[Clock, Ticking]] = {}
    for row in await tx.fetch(CLOCKS, list(ids)):
        ticking = Ticking(**{**row, "clock": Clock(row["clock"])})
        found.setdefault(ticking.complaint_id, {})[ticking.clock] = ticking
    return found


async def save_clocks(tx: Tx, clocks: Sequence[Ticking]) -> None:
    """Insert or replace clocks, in the order of their complaints."""
    ordered = sorted(clocks, key=lambda one: (one.complaint_id.bytes, one.clock))
    if ordered:
        await tx.execute(SAVE_CLOCKS, *([getattr(one, name) for one in ordered] for name in COLUMNS))


async def counted_otherwise(tx: Tx, calendar: str) -> list[UUID]:
    """The complaints of which a running clock was counted by another version of the calendar, or that have none yet."""
    return [row["complaint_id"] for row in await tx.fetch(COUNTED_OTHERWISE, calendar)]


async def heads(tx: Tx, units: Collection[str]) -> dict[str | None, list[UUID | None]]:
    """The heads above a case of each unit, its own first, the top's last; under none those of a case without a unit."""
    found: dict[str | None, list[UUID | None]] = {None: []}
    for row in await tx.fetch(HEADS, sorted(units)):
        found[row["below"]] = row["heads"]
        if row["top"] and not found[None]:
            found[None] = row["heads"]
    return found
