"""The unit context: what colleagues show is the unit's, not the officer's. Computed at night, used by day."""

from collections.abc import Sequence
from uuid import UUID

from services.evaluation.actions.policies import scoring
from services.evaluation.rules import context
from services.evaluation.rules.revise import asked
from services.evaluation.store import contexts, services
from shared.clock import WorkingDays
from shared.messaging.tx import Cause, Tx


async def compute(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Compute C of every officer and service, unit by unit, and keep what has changed since the night before."""
    for employees in (await contexts.units(tx)).values():
        await _of_unit(tx, employees)


async def _of_unit(tx: Tx, employees: Sequence[UUID]) -> None:
    calendar, on = WorkingDays(tx.settings.zone), scoring(tx)
    wanted = [asked(employee, tx.now, None, calendar) for employee in employees]
    counted = await services.services_of(tx, wanted)
    sums = {employee: context.sums(counted[employee], tx.now, on, calendar) for employee in employees}
    now = context.contexts(sums, on(calendar.local_day(tx.now)))
    before = {
        (employee, service): c
        for employee, stored in (await contexts.contexts_of(tx, wanted)).items()
        for service, c in stored.items()
    }
    changed = {
        key: now.get(key, context.NONE)
        for key in sorted(now.keys() | before.keys())
        if now.get(key, context.NONE) != before.get(key, context.NONE)
    }
    if changed:
        await contexts.store(tx, changed, tx.now)
