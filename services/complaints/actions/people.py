"""Who works where, under whom, as the directory tells it."""

from collections.abc import Sequence

from services.complaints.store import people
from shared.events.directory import EmployeeRecorded, UnitRecorded
from shared.messaging.tx import Cause, Tx


async def learn_employees(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """Keep employees."""
    await people.record_employees(tx, [cause.body for cause in causes])


async def learn_units(tx: Tx, causes: Sequence[Cause[UnitRecorded]]) -> None:
    """Keep units."""
    await people.record_units(tx, [cause.body for cause in causes])
