"""Who is PNS and who PPPK, and the learning hours of a year."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record

from services.training.store import Reads
from shared.events.directory import Employment
from shared.messaging.tx import Tx

KEEP_EMPLOYEES = """INSERT INTO employee (employee_id, version, status)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[]) AS told (employee_id, version, status) ORDER BY employee_id
ON CONFLICT (employee_id) DO UPDATE SET version = excluded.version, status = excluded.status
WHERE employee.version < excluded.version"""


async def keep_employees(tx: Tx, told: Sequence[tuple[UUID, int, Employment]]) -> None:
    """Keep the latest version of each."""
    columns = [list(column) for column in zip(*told, strict=True)]
    await tx.execute(KEEP_EMPLOYEES, columns[0], columns[1], [status.value for _, _, status in told])


# A seat counts once, however many needs share it. What is booked has the hours that its course has today.
HOURS = """SELECT coalesce(sum(jp) FILTER (WHERE state = 'completed'), 0)::int AS completed,
    coalesce(sum(jp) FILTER (WHERE state = 'enrolled'), 0)::int AS booked
FROM (SELECT DISTINCT ON (session_id) state, coalesce(jp, (body::json ->> 'jp')::int) AS jp
    FROM enrolment JOIN session USING (session_id) JOIN course ON course.code = enrolment.course
    WHERE enrolment.employee_id = $1 AND state IN ('completed', 'enrolled') AND ($4 OR visible_from <= now())
        AND extract(year FROM coalesce(completed_on, (starts_at AT TIME ZONE $3)::date)) = $2::int
    ORDER BY session_id, state) AS seat"""
STATUS = "SELECT status FROM employee WHERE employee_id = $1"


async def hours(reads: Reads, employee_id: UUID, year: int, zone: str, *, hidden: bool) -> tuple[int, int]:
    """The learning hours that somebody completed and booked in a local year; `hidden` also what is not shown yet."""
    (row,) = await reads.fetch(HOURS, employee_id, year, zone, hidden)
    return row["completed"], row["booked"]


async def status(reads: Reads, employee_id: UUID) -> Employment:
    """How somebody is employed; PNS where the directory has not told."""
    rows = await reads.fetch(STATUS, employee_id)
    return Employment(rows[0]["status"]) if rows else Employment.PNS


EVERYBODYS_HOURS = """SELECT employee_id, status, coalesce(completed, 0)::int AS completed,
    coalesce(booked, 0)::int AS booked
FROM employee LEFT JOIN (
    SELECT employee_id, sum(jp) FILTER (WHERE state = 'completed') AS completed,
        sum(jp) FILTER (WHERE state = 'enrolled') AS booked
    FROM (SELECT DISTINCT ON (enrolment.employee_id, session_id) enrolment.employee_id, state,
            coalesce(jp, (body::json ->> 'jp')::int) AS jp
        FROM enrolment JOIN session USING (session_id) JOIN course ON course.code = enrolment.course
        WHERE state IN ('completed', 'enrolled')
            AND extract(year FROM coalesce(completed_on, (starts_at AT TIME ZONE $2)::date)) = $1::int
        ORDER BY enrolment.employee_id, session_id, state) AS seat
    GROUP BY employee_id) AS hours USING (employee_id)
WHERE ($3::text IS NULL OR status = $3) AND ($4::int IS NULL OR coalesce(completed, 0) < $4)
    AND ($5::uuid IS NULL OR employee_id > $5)
ORDER BY employee_id LIMIT $6"""


async def everybody(
    reads: Reads,
    year: int,
    zone: str,
    status: Employment | None,
    below: int | None,
    after: UUID | None,
    limit: int,
) -> list[Record]:
    """The hours of all employees that the directory told, of one status, with fewer than `below` completed."""
    return await reads.fetch(EVERYBODYS_HOURS, year, zone, status, below, after, limit)
