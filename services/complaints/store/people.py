"""Who works where, under whom, and who heads a unit: as the directory tells it, without names."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.complaints.model.rows import Employee
from shared.events.directory import EmployeeRecorded, UnitRecorded
from shared.messaging.tx import Tx

RECORD_EMPLOYEES = """INSERT INTO employee (employee_id, version, unit, superior_id)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[]) AS told(employee_id, version, unit, superior_id)
ORDER BY employee_id
ON CONFLICT (employee_id) DO UPDATE SET
    version = excluded.version, unit = excluded.unit, superior_id = excluded.superior_id
WHERE employee.version < excluded.version"""
RECORD_UNITS = """INSERT INTO unit (unit, version, head_id, parent)
SELECT * FROM unnest($1::text[], $2::int[], $3::uuid[], $4::text[]) AS told(unit, version, head_id, parent)
ORDER BY unit
ON CONFLICT (unit) DO UPDATE SET version = excluded.version, head_id = excluded.head_id, parent = excluded.parent
WHERE unit.version < excluded.version"""
EMPLOYEES = """SELECT e.employee_id, e.unit, coalesce(e.superior_id, nullif(u.head_id, e.employee_id)) AS superior_id
FROM employee e LEFT JOIN unit u USING (unit) WHERE e.employee_id = ANY($1::uuid[])"""

EMPLOYEE = ("employee_id", "version", "unit", "superior_id")
UNIT = ("unit", "version", "head_id", "parent")


async def record_employees(tx: Tx, told: Sequence[EmployeeRecorded]) -> None:
    """Keep the latest version of each."""
    await tx.execute(RECORD_EMPLOYEES, *([getattr(one, name) for one in told] for name in EMPLOYEE))


async def record_units(tx: Tx, told: Sequence[UnitRecorded]) -> None:
    """Keep the latest version of each."""
    await tx.execute(RECORD_UNITS, *([getattr(one, name) for one in told] for name in UNIT))


async def employees(tx: Tx, ids: Collection[UUID]) -> Mapping[UUID, Employee]:
    """Those of some employees whom the directory has told, each with the direct superior."""
    rows = await tx.fetch(EMPLOYEES, sorted(ids)) if ids else []
    return {row["employee_id"]: Employee(**row) for row in rows}
