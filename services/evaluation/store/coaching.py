"""Offers of coaching: the last of each officer and balance test."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from shared.messaging.tx import Tx

OFFERED_OF = "SELECT employee_id, test, offered_on FROM coaching WHERE employee_id = ANY($1::uuid[])"

OFFER = """INSERT INTO coaching (employee_id, test, offered_on, evaluation_id)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::date[], $4::uuid[]) AS given(employee_id, test) ORDER BY 1, 2
ON CONFLICT (employee_id, test) DO UPDATE SET
    offered_on = excluded.offered_on, evaluation_id = excluded.evaluation_id"""


async def offered_of(tx: Tx, employees: Iterable[UUID]) -> dict[UUID, dict[str, date]]:
    """When coaching was last offered to each employee, by test."""
    found: dict[UUID, dict[str, date]] = defaultdict(dict)
    for employee, test, offered_on in await tx.fetch(OFFERED_OF, list(employees)):
        found[employee][test] = offered_on
    return found


async def offer(tx: Tx, offers: Sequence[tuple[UUID, str, date, UUID]]) -> None:
    """Keep offers: to whom, of which test, on which local day, by which evaluation."""
    await tx.execute(OFFER, *map(list, zip(*offers, strict=True)))
