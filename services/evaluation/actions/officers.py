"""Officers: who works where and under whom."""

from collections.abc import Sequence

from services.evaluation.model.words import Officer
from services.evaluation.store import officers
from shared.events.directory import EmployeeRecorded
from shared.messaging.tx import Cause, Tx


async def record_officers(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """Keep who works where and under whom."""
    told = [cause.body for cause in causes]
    await officers.record(tx, [Officer(e.employee_id, e.version, e.unit, e.superior_id, e.status) for e in told])
