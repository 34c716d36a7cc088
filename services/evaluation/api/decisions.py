"""What people say and decide about a result: reply, decision, objection, statement, and its end."""

from typing import Any, Protocol
from uuid import UUID

from pydantic import BaseModel
from starlette.responses import Response

from services.evaluation.actions import deciding, objecting
from services.evaluation.model.requests import (
    Decide,
    DecideObjection,
    Deciding,
    DecidingObjection,
    Object,
    Objecting,
    Reply,
    Replying,
    Standing,
    Statement,
    Stating,
)
from shared.http import Call, Router, authority, refuses
from shared.messaging.requests import Command
from shared.messaging.tx import Name


class OfOfficer(Protocol):
    """A request about an officer."""

    employee_id: UUID


def officer(about: OfOfficer) -> list[Name]:
    """The officer whom it is about: the same name as in the handlers."""
    return [("employee", str(about.employee_id))]


REPLY = Command("reply", deciding.reply, locks=officer)
CONFIRM = Command("confirm evaluation", deciding.confirm, locks=officer)
OBJECT = Command("object", objecting.object_to, locks=officer)
STATE = Command("state", objecting.state, locks=officer)
DECIDE = Command("decide objection", objecting.decide, locks=officer)

OF_OFFICER = "/employees/{employee_id}/evaluations/{evaluation_id}"
employee, superior = authority.role("employee"), authority.role("superior")
OWN = refuses({404: "There is none, or it is not yours", 409: "Its state or term does not allow this"})
AS_SUPERIOR = refuses(
    {
        403: "Somebody else decides this, or it has no such role",
        404: "This officer has no such evaluation",
        409: "Its state does not allow this, it was computed again, or somebody must be heard first",
    }
)

routes = Router()


@routes.post(f"{OF_OFFICER}/replies", status_code=201, response_model=Standing, dependencies=[employee], responses=OWN)
async def reply(employee_id: UUID, evaluation_id: UUID, asked: Reply, call: Call) -> Response:
    """Say something about one's own result while it is provisional. The superior reads it before deciding."""
    return await call.run(REPLY, Replying(employee_id=employee_id, evaluation_id=evaluation_id, **sent(asked)))


@routes.post(f"{OF_OFFICER}/decision", response_model=Standing, dependencies=[superior], responses=AS_SUPERIOR)
async def confirm(employee_id: UUID, evaluation_id: UUID, asked: Decide, call: Call) -> Response:
    """Confirm a provisional result, or adjust it with reasons, as the direct superior or who stands in."""
    return await call.run(CONFIRM, Deciding(employee_id=employee_id, evaluation_id=evaluation_id, **sent(asked)))


@routes.post(
    f"{OF_OFFICER}/objection", status_code=201, response_model=Standing, dependencies=[employee], responses=OWN
)
async def object_to(employee_id: UUID, evaluation_id: UUID, asked: Object, call: Call) -> Response:
    """Object to one's own confirmed result (keberatan), within its term: its effects are suspended."""
    return await call.run(OBJECT, Objecting(employee_id=employee_id, evaluation_id=evaluation_id, **sent(asked)))


@routes.post(
    f"{OF_OFFICER}/objection/statement",
    status_code=201,
    response_model=Standing,
    dependencies=[superior],
    responses=AS_SUPERIOR,
)
async def state(employee_id: UUID, evaluation_id: UUID, asked: Statement, call: Call) -> Response:
    """Be heard about an objection, as the assessor."""
    return await call.run(STATE, Stating(employee_id=employee_id, evaluation_id=evaluation_id, **sent(asked)))


@routes.post(
    f"{OF_OFFICER}/objection/decision", response_model=Standing, dependencies=[superior], responses=AS_SUPERIOR
)
async def decide(employee_id: UUID, evaluation_id: UUID, asked: DecideObjection, call: Call) -> Response:
    """Decide an objection as the assessor's superior, once both are heard. It is final."""
    body = DecidingObjection(employee_id=employee_id, evaluation_id=evaluation_id, **sent(asked))
    return await call.run(DECIDE, body)


def sent(asked: BaseModel) -> dict[str, Any]:
    """What was sent, and no more: a repetition must equal it."""
    return asked.model_dump(exclude_unset=True)
