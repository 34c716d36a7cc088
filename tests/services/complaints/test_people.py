"""Who works where, under whom: as the directory tells it."""

from dataclasses import replace
from uuid import UUID

from services.complaints.model.rows import Employee
from services.complaints.store.people import EMPLOYEES
from tests.services.complaints.given import COLLEAGUE, HEAD, OFFICER, a_unit, an_employee
from tests.support import Bench


async def known(complaints: Bench) -> dict[UUID, Employee]:
    rows = await complaints.pool.fetch(EMPLOYEES, [OFFICER, COLLEAGUE, HEAD])
    return {row["employee_id"]: Employee(**row) for row in rows}


async def test_the_superior_is_the_direct_one_else_the_head_of_the_unit_and_nobody_is_his_own(
    complaints: Bench,
) -> None:
    alone = [an_employee(OFFICER, superior_id=COLLEAGUE), an_employee(COLLEAGUE), an_employee(HEAD)]
    await complaints.events(alone)
    expected = {
        one.employee_id: Employee(employee_id=one.employee_id, unit=one.unit, superior_id=None) for one in alone
    }
    expected[OFFICER] = replace(expected[OFFICER], superior_id=COLLEAGUE)
    assert await known(complaints) == expected
    await complaints.events([a_unit()])
    expected[COLLEAGUE] = replace(expected[COLLEAGUE], superior_id=HEAD)
    assert await known(complaints) == expected


async def test_the_latest_version_holds(complaints: Bench) -> None:
    moved = an_employee(OFFICER, version=2, unit="kasi")
    await complaints.events([an_employee(OFFICER), a_unit(), moved, a_unit(version=2, head_id=None)])
    assert await known(complaints) == {OFFICER: Employee(employee_id=OFFICER, unit="kasi", superior_id=None)}
    assert await complaints.pool.fetchval("SELECT head_id FROM unit") is None
