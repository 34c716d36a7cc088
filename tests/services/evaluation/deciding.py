"""Officers, superiors, and what they send about a result; the service's commands run on the bench."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from services.evaluation.api import decisions as api
from services.evaluation.model.requests import Deciding, Standing
from shared.clock import WorkingDays
from shared.errors import Problem
from shared.events.directory import EmployeeRecorded
from shared.events.evaluation import EvaluationCompleted
from shared.messaging.requests import Command
from tests.services.evaluation.facts import complaint, delivered, tell
from tests.support import Bench

OFFICER, SUPERIOR, CAMAT, ACTING = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC), UUID(int=0xD)
CALENDAR = WorkingDays(ZoneInfo("Asia/Jakarta"))
LONG_AGO = datetime.now(UTC) - timedelta(days=40)
"""Every window that a result opened then is over by now."""
STAND_IN = """INSERT INTO stand_in (stand_in_id, holder_id, acting_id, since, until, set_at)
VALUES (gen_random_uuid(), $1, $2, current_date - 1, current_date + 1, now())"""


def recorded(employee: UUID, superior: UUID | None) -> EmployeeRecorded:
    return EmployeeRecorded(
        employee_id=employee, version=1, name="A", email="a@x.example", unit="u", position="P", superior_id=superior
    )


async def evaluated(bench: Bench, *, at: datetime = LONG_AGO, late: int = 48, **given: Any) -> EvaluationCompleted:
    """An officer under a superior under the camat, with a result that shows since `at`."""
    await tell(bench, recorded(OFFICER, SUPERIOR), recorded(SUPERIOR, CAMAT), recorded(CAMAT, None))
    first = at.date() - timedelta(days=210)
    slow = [delivered(OFFICER, day=first + timedelta(days=n), used=60) for n in range(late)]
    punctual = [delivered(OFFICER, day=first + timedelta(days=n % 200)) for n in range(200 - late)]
    await tell(bench, *slow, *punctual)
    filed = complaint(OFFICER, category="undue_delay", day=at.date(), filed_at=at, **given)
    await tell(bench, filed, at=at)
    *_, done = await bench.told(EvaluationCompleted)
    assert isinstance(done, EvaluationCompleted)
    return done


async def send(bench: Bench, command: Command, body: BaseModel, by: UUID) -> Standing:
    _, answer = await bench.command(command, body, principal=str(by))
    return Standing.model_validate_json(answer)


async def refused(bench: Bench, command: Command, body: BaseModel, by: UUID) -> str:
    with pytest.raises(Problem) as problem:
        await bench.command(command, body, principal=str(by))
    return problem.value.code


def about(done: EvaluationCompleted, **sent: Any) -> dict[str, Any]:
    return {"employee_id": done.employee_id, "evaluation_id": done.evaluation_id, **sent}


def confirming(done: EvaluationCompleted, **sent: Any) -> Deciding:
    return Deciding(**about(done, revision=done.revision, **sent))


async def confirmed(bench: Bench, **given: Any) -> EvaluationCompleted:
    done = await evaluated(bench, **given)
    await send(bench, api.CONFIRM, confirming(done), SUPERIOR)
    return done


async def told(bench: Bench, kind: type[Any]) -> Any:
    (event,) = await bench.told(kind)
    return event
