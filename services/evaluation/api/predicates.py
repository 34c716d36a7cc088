"""What people decide about the predicate of a period: decision, objection, statement, and its end."""

from uuid import UUID

from starlette.responses import Response

from services.evaluation.actions import predicate_objections, predicates
from services.evaluation.api.decisions import OWN, employee, officer, sent, superior
from services.evaluation.model.requests import (
    DecidePredicate,
    DecidePredicateObjection,
    DecidingPredicate,
    DecidingPredicateObjection,
    Object,
    ObjectingToPredicate,
    PredicateStanding,
    Statement,
    StatingOnPredicate,
)
from shared.http import Call, Router, refuses
from shared.messaging.requests import Command

DECIDE = Command("decide predicate", predicates.decide, locks=officer)
OBJECT = Command("object to predicate", predicate_objections.object_to, locks=officer)
STATE = Command("state on predicate", predicate_objections.state, locks=officer)
END = Command("decide predicate objection", predicate_objections.decide, locks=officer)

OF_PERIOD = "/employees/{employee_id}/assessments/{assessment_id}"
AS_SUPERIOR = refuses(
    {
        403: "Somebody else decides this, or it has no such role",
        404: "This officer has no such assessment",
        409: "Its state does not allow this, or somebody must be heard first",
    }
)

routes = Router()


@routes.post(f"{OF_PERIOD}/decision", response_model=PredicateStanding, dependencies=[superior], responses=AS_SUPERIOR)
async def decide(employee_id: UUID, assessment_id: UUID, asked: DecidePredicate, call: Call) -> Response:
    """Set the predicate of a period as the direct superior or who stands in: as proposed, or another with reasons."""
    return await call.run(
        DECIDE, DecidingPredicate(employee_id=employee_id, assessment_id=assessment_id, **sent(asked))
    )


@routes.post(
    f"{OF_PERIOD}/objection",
    status_code=201,
    response_model=PredicateStanding,
    dependencies=[employee],
    responses=OWN,
)
async def object_to(employee_id: UUID, assessment_id: UUID, asked: Object, call: Call) -> Response:
    """Object to one's own predicate (keberatan), within its term: it is suspended."""
    return await call.run(
        OBJECT, ObjectingToPredicate(employee_id=employee_id, assessment_id=assessment_id, **sent(asked))
    )


@routes.post(
    f"{OF_PERIOD}/objection/statement",
    status_code=201,
    response_model=PredicateStanding,
    dependencies=[superior],
    responses=AS_SUPERIOR,
)
async def state(employee_id: UUID, assessment_id: UUID, asked: Statement, call: Call) -> Response:
    """Be heard about an objection to a predicate, as the assessor."""
    return await call.run(
        STATE, StatingOnPredicate(employee_id=employee_id, assessment_id=assessment_id, **sent(asked))
    )


@routes.post(
    f"{OF_PERIOD}/objection/decision",
    response_model=PredicateStanding,
    dependencies=[superior],
    responses=AS_SUPERIOR,
)
async def end(employee_id: UUID, assessment_id: UUID, asked: DecidePredicateObjection, call: Call) -> Response:
    """Decide an objection to a predicate as the assessor's superior, once both are heard. It is final."""
    return await call.run(
        END, DecidingPredicateObjection(employee_id=employee_id, assessment_id=assessment_id, **sent(asked))
    )
