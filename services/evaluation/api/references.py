"""What the next scoring policy's references would be, for whoever writes it."""

from asyncpg import Record

from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.references import Reference
from services.evaluation.rules.references import outdated, reference
from services.evaluation.rules.window import WINDOW, quarter_start, quarters_back
from services.evaluation.store.references import of_district
from shared.http import Day, Listing, Page, Paging, Reader, Router, authority

REFERENCES = Listing[Reference]("references", lambda one: (one.service,), str)

routes = Router()


@routes.get("/references", dependencies=[authority.role("operator")])
async def references(on: Day, read: Reader, asked: Paging) -> Page[Reference]:
    """References as the four quarters say that were closed before a day, beside those in force on it."""
    rows = await of_district(read, quarters_back(on, WINDOW), quarter_start(on))
    first = read.policies.known["scoring"][0].valid_from
    policy = read.policies.in_force(ScoringPolicy, "scoring", on=max(on, first))
    return REFERENCES.cut([_reference(row, policy) for row in rows], asked)


def _reference(row: Record, policy: ScoringPolicy) -> Reference:
    service, items, officers, slightly, late = row
    in_force = policy.services.late_per_10000.get(service)
    return Reference(
        service=service,
        items=items,
        officers=officers,
        computed=reference(slightly, late, items, officers),
        in_force=in_force,
        outdated=in_force is not None and outdated(slightly, late, items, in_force, policy),
    )
