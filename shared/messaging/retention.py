"""Retention: rows that nobody asks for any more are deleted in small lots, by one replica at a time.

What is parked, settled ones too, and what operators did is kept.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from shared.db import Pool
from shared.events import Kind, Topic
from shared.messaging.failures import heed_cancellation, patiently
from shared.settings import Settings

log = structlog.get_logger()

TRIM_REQUESTS = """DELETE FROM request WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM request WHERE at < now() - make_interval(secs => $1) ORDER BY at LIMIT $2))"""
TRIM_STRANGERS = """DELETE FROM stranger WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM stranger WHERE at < now() - make_interval(secs => $1) ORDER BY at LIMIT $2))"""
TRIM_DEAD_LETTERS = """DELETE FROM dead_letter WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM dead_letter WHERE at < now() - make_interval(secs => $1) ORDER BY at LIMIT $2))"""
# Never a row that the saved cursor has not passed, nor one behind such a row: what is left begins at one id, and the
# relay knows of what lies before it that it may have been trimmed.
TRIM_OUTBOX = """DELETE FROM outbox WHERE id = ANY(ARRAY(
    SELECT id FROM (
        SELECT o.id, bool_and(o.at < now() - make_interval(secs => $1) AND (
            pg_visible_in_snapshot(o.xid, r.since::pg_snapshot)
            OR (o.id <= r.last_id AND pg_visible_in_snapshot(o.xid, r.until::pg_snapshot))
        )) OVER (ORDER BY o.id) AS over
        FROM (SELECT id, xid, at FROM outbox ORDER BY id LIMIT $2) AS o JOIN relay r ON r.name = 'outbox') AS oldest
    WHERE over))"""
ALONE = "SELECT pg_try_advisory_xact_lock($1)"

LOCK = 7_310_578
"""Beside that of migrations, outside the 1,024 buckets of names."""
LOT = 1_000
PAUSE_SECONDS = 0.05
"""Between two lots: what else the database has to do comes first."""
EVERY_SECONDS = 3_600.0
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Term:
    """How long a table's rows are kept."""

    table: str
    seconds: float
    trim: str


def terms(settings: Settings, heard: Iterable[Topic]) -> list[Term]:
    """The terms of a service. Strangers' events are remembered for twice as long as their topics can repeat them."""
    strangers = [topic.retention_ms for topic in heard if topic.kind is Kind.STRANGER]
    kept = [
        Term("request", settings.answers_days * DAY_SECONDS, TRIM_REQUESTS),
        Term("outbox", settings.outbox_days * DAY_SECONDS, TRIM_OUTBOX),
        Term("dead_letter", settings.dead_letters_days * DAY_SECONDS, TRIM_DEAD_LETTERS),
    ]
    if strangers and min(strangers) >= 0:
        kept.append(Term("stranger", 2 * max(strangers) / 1000, TRIM_STRANGERS))
    return kept


class Retention:
    """Trims a service's tables at start and every hour."""

    def __init__(self, pool: Pool, terms: Iterable[Term]) -> None:
        self.pool = pool
        self.terms = tuple(terms)

    async def run(self) -> None:
        """Trim, for ever: whatever goes wrong, it is tried again in an hour."""
        while True:
            try:
                await patiently(self.trim)
            except Exception as error:
                heed_cancellation(error)
                log.warning("not_trimmed", exc_info=error)
            await asyncio.sleep(EVERY_SECONDS)

    async def trim(self) -> None:
        """Delete all that is over its term, lot by lot."""
        for term in self.terms:
            total = 0
            while deleted := await self._lot(term):
                total += deleted
                await asyncio.sleep(PAUSE_SECONDS)
            if total:
                log.info("trimmed", table=term.table, rows=total)

    async def _lot(self, term: Term) -> int:
        """One lot in a transaction of its own. Gives how many rows went: none while another replica is at it."""
        async with self.pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(ALONE, LOCK):
                return 0
            done: str = await connection.execute(term.trim, term.seconds, LOT)
            return int(done.rpartition(" ")[2])
