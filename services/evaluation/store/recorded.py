"""What people recorded of an officer, as lists: innovations, coach's scores, months of attendance. The newest first."""

from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.evaluation.store.views import Reads

INNOVATIONS = """SELECT innovation_id, employee_id, proposed_on, title, criteria, recorded_at FROM innovation
WHERE employee_id = $1 AND ($2::date IS NULL OR (proposed_on, innovation_id) < ($2, $3::uuid))
    AND proposed_on BETWEEN coalesce($4::date, '-infinity') AND coalesce($5::date, 'infinity')
ORDER BY proposed_on DESC, innovation_id DESC LIMIT $6"""

COACH_SCORES = """SELECT employee_id, scored_on, coach, score FROM coach_score
WHERE employee_id = $1 AND ($2::date IS NULL OR (scored_on, coach) < ($2, $3::text))
    AND scored_on BETWEEN coalesce($4::date, '-infinity') AND coalesce($5::date, 'infinity')
ORDER BY scored_on DESC, coach DESC LIMIT $6"""

ATTENDANCE = """SELECT employee_id, month, absent_on FROM attendance
WHERE employee_id = $1 AND ($2::date IS NULL OR month < $2)
    AND month BETWEEN coalesce($3::date, '-infinity') AND coalesce($4::date, 'infinity')
ORDER BY month DESC LIMIT $5"""

Days = tuple[date | None, date | None]
"""The first and the last day that are wanted; none: all before, or after."""


async def innovations(reads: Reads, employee: UUID, after: tuple[Any, ...], days: Days, rows: int) -> list[Record]:
    """An officer's innovations that were proposed within some days."""
    return await reads.fetch(INNOVATIONS, employee, *after, *days, rows)


async def coach_scores(reads: Reads, employee: UUID, after: tuple[Any, ...], days: Days, rows: int) -> list[Record]:
    """What coaches scored of an officer within some days."""
    return await reads.fetch(COACH_SCORES, employee, *after, *days, rows)


async def attendance(reads: Reads, employee: UUID, after: tuple[Any, ...], days: Days, rows: int) -> list[Record]:
    """An officer's months of which attendance is known, that begin within some days."""
    return await reads.fetch(ATTENDANCE, employee, *after, *days, rows)
