"""All that is known of officers, before the window is cut: what every judgement rests on."""

from collections.abc import Sequence
from uuid import UUID

from services.evaluation.model.words import Asked, Found
from services.evaluation.rules.context import NONE
from services.evaluation.store import complaints, contexts, records, services
from shared.messaging.tx import Tx


async def known_of(tx: Tx, wanted: Sequence[Asked]) -> dict[UUID, Found]:
    """What is known of each officer as of the moment asked for: it depends on no clock and no cutting into batches."""
    counted = await services.services_of(tx, wanted)
    claims = await complaints.claims_of(tx, wanted)
    context = await contexts.contexts_of(tx, wanted)
    kept = await records.records_of(tx, wanted)
    return {
        one.employee_id: Found(
            as_of=one.as_of,
            services=counted[one.employee_id],
            claims=claims[one.employee_id],
            context={service: c for service, c in context[one.employee_id].items() if c != NONE},
            praised=tuple(own.praised),
            ratings=tuple(own.ratings),
            attended=tuple(own.attended),
            learned=tuple(own.learned) if own.owes_learning else None,
            proposed=tuple(own.proposed),
            restarts=own.restarts,
        )
        for one in wanted
        for own in [kept[one.employee_id]]
    }
