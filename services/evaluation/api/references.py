"""What the next scoring policy's references and its K would be, for whoever writes it."""

from datetime import timedelta

from asyncpg import Record

from services.evaluation.actions.policies import scoring
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.references import Reference, ShrinkageShown
from services.evaluation.rules import context
from services.evaluation.rules import references as rules
from services.evaluation.rules.periods import as_of
from services.evaluation.rules.revise import asked as window
from services.evaluation.rules.window import WINDOW, quarter_start, quarters_back
from services.evaluation.store import contexts, services
from services.evaluation.store.references import of_district
from shared.clock import WorkingDays
from shared.http import Day, Listing, Page, Paging, Reader, Router, authority

REFERENCES = Listing[Reference]("references", lambda one: (one.service,), str)

routes = Router()


@routes.get("/references", dependencies=[authority.role("operator")])
async def references(on: Day, read: Reader, asked: Paging) -> Page[Reference]:
    """References as the four quarters say that were closed before a day, beside those in force on it."""
    rows = await of_district(read, quarters_back(on, WINDOW), quarter_start(on))
    policy = scoring(read)(on)
    return REFERENCES.cut([_reference(row, policy) for row in rows], asked)


@routes.get("/references/shrinkage", dependencies=[authority.role("operator")])
async def shrinkage(on: Day, read: Reader) -> ShrinkageShown:
    """K as the four quarters say that were closed before a day, beside the one in force on it."""
    calendar, policies = WorkingDays(read.settings.zone), scoring(read)
    end = as_of(quarter_start(on) - timedelta(days=1), calendar)
    found = []
    for employees in (await contexts.units(read)).values():
        counted = await services.services_of(read, [window(one, end, None, calendar) for one in employees])
        parts = [context.handled(one, end, policies, calendar) for one in counted.values()]
        found += [rules.work(part) for part in parts if part is not None]
    return ShrinkageShown(
        officers=len(found),
        items=sum(one.items for one in found),
        computed=rules.shrinkage(found),
        in_force=policies(on).shrinkage,
    )


def _reference(row: Record, policy: ScoringPolicy) -> Reference:
    service, items, officers, slightly, late = row
    in_force = policy.services.late_per_10000.get(service)
    return Reference(
        service=service,
        items=items,
        officers=officers,
        computed=rules.reference(slightly, late, items, officers),
        in_force=in_force,
        outdated=in_force is not None and rules.outdated(slightly, late, items, in_force, policy),
    )
