"""Officers as the directory tells them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.evaluation.model.words import Officer
from shared.events.directory import Employment
from shared.messaging.tx import Tx

RECORD_OFFICERS = """INSERT INTO officer (employee_id, version, unit, superior_id, status)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[], $5::text[])
    AS given(employee_id, version, unit, superior_id, status)
ORDER BY employee_id
ON CONFLICT (employee_id) DO UPDATE SET
    version = excluded.version, unit = excluded.unit, superior_id = excluded.superior_id, status = excluded.status
WHERE officer.version < excluded.version"""

KNOWN = "SELECT employee_id, version, unit, superior_id, status FROM officer WHERE employee_id = ANY($1::uuid[])"


async def record(tx: Tx, officers: Sequence[Officer]) -> None:
    """Keep the latest version of each."""
    await tx.execute(
        RECORD_OFFICERS,
        [officer.employee_id for officer in officers],
        [officer.version for officer in officers],
        [officer.unit for officer in officers],
        [officer.superior_id for officer in officers],
        [officer.status for officer in officers],
    )


async def known(tx: Tx, employees: Collection[UUID]) -> dict[UUID, Officer]:
    """Those of some employees whom the directory has told of."""
    return {
        row["employee_id"]: Officer(**{**row, "status": Employment(row["status"])})
        for row in await tx.fetch(KNOWN, list(employees))
    }
