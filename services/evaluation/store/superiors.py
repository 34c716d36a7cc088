"""Who is above whom, who stands in for whom, and whom else an evaluation's complaints concern."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.evaluation.model.decisions import Level
from services.evaluation.store.views import Reads
from shared.messaging.tx import Tx

# The latest word about a day counts. A circle in the directory ends at the twentieth level.
LEVELS_OF = """WITH RECURSIVE up AS (
    SELECT employee_id, superior_id AS holder_id, 1 AS level FROM officer
    WHERE employee_id = ANY($1::uuid[]) AND superior_id IS NOT NULL
    UNION ALL
    SELECT up.employee_id, officer.superior_id, level + 1 FROM up JOIN officer ON officer.employee_id = up.holder_id
    WHERE officer.superior_id IS NOT NULL AND level < 20
)
SELECT up.employee_id, up.holder_id, stands.stand_in_id IS NOT NULL AS away, stands.acting_id
FROM up LEFT JOIN LATERAL (
    SELECT stand_in_id, acting_id FROM stand_in
    WHERE stand_in.holder_id = up.holder_id AND $2::date BETWEEN since AND until
    ORDER BY set_at DESC, stand_in_id DESC LIMIT 1) AS stands ON true
ORDER BY up.employee_id, level"""

CONCERNED_BY = """SELECT DISTINCT evaluation_id, other.employee_id
FROM evaluation JOIN complaint AS mine USING (incident_id, employee_id)
JOIN complaint AS other ON other.complaint_id = mine.linked_to OR other.linked_to = mine.complaint_id
WHERE evaluation_id = ANY($1::uuid[]) AND other.employee_id IS NOT NULL"""

UNDER = """WITH RECURSIVE filled AS (
    SELECT $1::uuid AS holder_id
    UNION
    SELECT holder_id FROM stand_in WHERE acting_id = $1 AND $2::date BETWEEN since AND until
), under AS (
    SELECT employee_id FROM officer JOIN filled ON officer.superior_id = filled.holder_id
    UNION
    SELECT officer.employee_id FROM officer JOIN under ON officer.superior_id = under.employee_id
)
SELECT employee_id FROM under"""

SET_STAND_IN = """INSERT INTO stand_in (stand_in_id, holder_id, acting_id, since, until, set_at)
VALUES ($1, $2, $3, $4, $5, $6)"""

END_STAND_IN = """UPDATE stand_in SET until = $2 WHERE stand_in_id = $1 AND since <= $2 AND until > $2
RETURNING stand_in_id, holder_id, acting_id, since, until"""

STAND_INS = """SELECT stand_in_id, holder_id, acting_id, since, until FROM stand_in
WHERE ($1::date IS NULL OR (since, stand_in_id) < ($1, $2::uuid))
    AND ($3::uuid IS NULL OR $3 IN (holder_id, acting_id)) AND ($4::date IS NULL OR $4 BETWEEN since AND until)
ORDER BY since DESC, stand_in_id DESC LIMIT $5"""

KNOWN_OFFICERS = "SELECT employee_id FROM officer WHERE employee_id = ANY($1::uuid[])"


async def levels_of(reads: Reads, employees: Iterable[UUID], on: date) -> dict[UUID, list[Level]]:
    """The levels above each employee on a local day, the nearest first."""
    found: dict[UUID, list[Level]] = defaultdict(list)
    for employee, holder, away, acting in await reads.fetch(LEVELS_OF, list(employees), on):
        found[employee].append(Level(holder, away, acting))
    return found


async def concerned_by(reads: Reads, evaluations: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Whom the complaints linked with those of each evaluation are about."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for evaluation, employee in await reads.fetch(CONCERNED_BY, list(evaluations)):
        found[evaluation].add(employee)
    return found


async def under(reads: Reads, superior: UUID, on: date) -> list[UUID]:
    """All officers below somebody, or below whom somebody stands in for, on a local day."""
    return [row["employee_id"] for row in await reads.fetch(UNDER, superior, on)]


async def known(tx: Tx, employees: Iterable[UUID]) -> set[UUID]:
    """Which of some employees the directory has told of."""
    return {row["employee_id"] for row in await tx.fetch(KNOWN_OFFICERS, list(employees))}


async def set_stand_in(tx: Tx, stand_in: UUID, holder: UUID, acting: UUID | None, since: date, until: date) -> None:
    """Keep who acts for a superior; nobody: the next level up decides."""
    await tx.execute(SET_STAND_IN, stand_in, holder, acting, since, until, tx.now)


async def end_stand_in(tx: Tx, stand_in: UUID, until: date) -> Record | None:
    """Let one end earlier; none where there is none that lasts longer."""
    rows = await tx.fetch(END_STAND_IN, stand_in, until)
    return rows[0] if rows else None


async def stand_ins(reads: Reads, after: tuple[Any, ...], of: UUID | None, on: date | None, rows: int) -> list[Record]:
    """Stand-ins, the latest first; of a person in either role, or in force on a day."""
    return await reads.fetch(STAND_INS, *after, of, on, rows)
