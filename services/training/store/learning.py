"""Who is PNS and who PPPK, and the learning hours of their years."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from asyncpg import Record

from services.training.model.learning import Employed, Hours, Year
from services.training.store import Reads
from shared.events.directory import EmployeeRecorded, Employment
from shared.messaging.tx import Tx

KEEP_EMPLOYEES = """INSERT INTO employee (employee_id, version, status, contract_since)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::date[])
    AS told (employee_id, version, status, contract_since)
ORDER BY employee_id
ON CONFLICT (employee_id) DO UPDATE SET
    version = excluded.version, status = excluded.status, contract_since = excluded.contract_since
WHERE employee.version < excluded.version"""

# A seat counts once, however many needs share it, on the local day on which it was completed or is to begin. What is
# booked has the hours that its course has today.
SEATS = """SELECT DISTINCT ON (enrolment.employee_id, session_id) enrolment.employee_id, state,
    coalesce(jp, (body::json ->> 'jp')::int) AS jp,
    coalesce(completed_on, (starts_at AT TIME ZONE $1)::date) AS day
FROM enrolment JOIN session USING (session_id) JOIN course ON course.code = enrolment.course
WHERE state IN ('completed', 'enrolled') AND ($2 OR visible_from <= now())
ORDER BY enrolment.employee_id, session_id, state"""

HOURS_OF = f"""SELECT employee_id, coalesce(sum(jp) FILTER (WHERE state = 'completed'), 0)::int AS completed,
    coalesce(sum(jp) FILTER (WHERE state = 'enrolled'), 0)::int AS booked
FROM unnest($3::uuid[], $4::date[], $5::date[]) AS asked(employee_id, since, until)
JOIN ({SEATS}) AS seat USING (employee_id)
WHERE seat.employee_id = ANY($3) AND day BETWEEN since AND until GROUP BY employee_id"""  # noqa: S608

EMPLOYED = "SELECT employee_id, status, contract_since FROM employee WHERE employee_id = ANY($1::uuid[])"

EVERYBODY = f"""SELECT employee_id, status, contract_since FROM employee
LEFT JOIN (SELECT employee_id, sum(jp) AS completed FROM ({SEATS}) AS seat
    WHERE state = 'completed' AND day BETWEEN $3 AND $4 GROUP BY employee_id) AS hours USING (employee_id)
WHERE ($5::text IS NULL OR status = $5) AND ($6::int IS NULL OR coalesce(completed, 0) < $6)
    AND ($7::uuid IS NULL OR employee_id > $7)
ORDER BY employee_id LIMIT $8"""  # noqa: S608


async def keep_employees(tx: Tx, told: Sequence[EmployeeRecorded]) -> None:
    """Keep the latest version of each."""
    await tx.execute(
        KEEP_EMPLOYEES,
        [one.employee_id for one in told],
        [one.version for one in told],
        [one.status.value for one in told],
        [one.contract_since for one in told],
    )


async def hours_of(reads: Reads, years: Mapping[UUID, Year], zone: str, *, hidden: bool) -> dict[UUID, Hours]:
    """The learning hours of employees, each in its own year; `hidden` also what is not shown yet."""
    since, until = [year.since for year in years.values()], [year.until for year in years.values()]
    rows = await reads.fetch(HOURS_OF, zone, hidden, list(years), since, until)
    found = {row["employee_id"]: Hours(row["completed"], row["booked"]) for row in rows}
    return {one: found.get(one, Hours(0, 0)) for one in years}


async def employed(reads: Reads, employees: Iterable[UUID]) -> dict[UUID, Employed]:
    """How employees are employed; as PNS those of whom the directory has not told."""
    wanted = list(employees)
    found = {row["employee_id"]: _employed(row) for row in await reads.fetch(EMPLOYED, wanted)}
    return {one: found.get(one, Employed(one)) for one in wanted}


async def everybody(
    reads: Reads,
    calendar: Year,
    zone: str,
    status: Employment | None,
    below: int | None,
    after: UUID | None,
    limit: int,
) -> list[Employed]:
    """All employees that the directory told, of one status, with fewer than `below` completed in a calendar year."""
    rows = await reads.fetch(EVERYBODY, zone, True, calendar.since, calendar.until, status, below, after, limit)
    return [_employed(row) for row in rows]


def _employed(row: Record) -> Employed:
    return Employed(row["employee_id"], Employment(row["status"]), row["contract_since"])
