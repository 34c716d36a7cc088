"""The unit context C by officer and service. A row is a change, so that an old evaluation finds what held then."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.evaluation.model.words import Asked
from services.evaluation.store.views import Reads
from shared.messaging.tx import Tx

CONTEXTS_OF = """SELECT DISTINCT ON (employee_id, service) employee_id, service, context
FROM unnest($1::uuid[], $2::timestamptz[]) AS asked(employee_id, as_of)
JOIN unit_context USING (employee_id) WHERE computed_at <= as_of
ORDER BY employee_id, service, computed_at DESC"""

STORE_CONTEXTS = """INSERT INTO unit_context (employee_id, service, computed_at, context)
SELECT employee_id, service, $4::timestamptz, context
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given(employee_id, service, context)
ORDER BY employee_id, service"""

UNITS = "SELECT unit, array_agg(employee_id ORDER BY employee_id) AS employees FROM officer GROUP BY unit ORDER BY unit"


async def contexts_of(tx: Tx, asked: Collection[Asked]) -> dict[UUID, dict[str, str]]:
    """Each officer's C by service, as it was last stored before the moment asked for."""
    rows = await tx.fetch(CONTEXTS_OF, [one.employee_id for one in asked], [one.as_of for one in asked])
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    for employee, service, context in rows:
        found[employee][service] = context
    return {one.employee_id: found[one.employee_id] for one in asked}


async def store(tx: Tx, changed: Mapping[tuple[UUID, str], str], at: datetime) -> None:
    """Keep what has changed, by officer and service, with its moment."""
    pairs = list(changed)
    employees, services = [employee for employee, _ in pairs], [service for _, service in pairs]
    await tx.execute(STORE_CONTEXTS, employees, services, list(changed.values()), at)


async def units(reads: Reads) -> dict[str, Sequence[UUID]]:
    """Who works in each unit."""
    return {row["unit"]: row["employees"] for row in await reads.fetch(UNITS)}
