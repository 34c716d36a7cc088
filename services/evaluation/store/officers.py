"""Officers as the directory tells them."""

from collections.abc import Sequence

from services.evaluation.model.words import Officer
from shared.messaging.tx import Tx

RECORD_OFFICERS = """INSERT INTO officer (employee_id, version, unit, superior_id)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[]) AS given(employee_id, version, unit, superior_id)
ORDER BY employee_id
ON CONFLICT (employee_id) DO UPDATE SET
    version = excluded.version, unit = excluded.unit, superior_id = excluded.superior_id
WHERE officer.version < excluded.version"""


async def record(tx: Tx, officers: Sequence[Officer]) -> None:
    """Keep the latest version of each."""
    await tx.execute(
        RECORD_OFFICERS,
        [officer.employee_id for officer in officers],
        [officer.version for officer in officers],
        [officer.unit for officer in officers],
        [officer.superior_id for officer in officers],
    )
