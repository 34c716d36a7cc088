"""Services as evidence: daily counters of what is finished, rows of what is overdue and open."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from services.evaluation.model.words import Asked, Counted, Delivered, Lateness, Overdue
from services.evaluation.store.views import Reads
from shared.messaging.tx import Tx

COUNT_DELIVERED = """WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[], $5::int[], $6::int[], $7::int[])
        AS given(record_id, employee_id, counted_on, service, on_time, slightly, late)
), finished AS (
    DELETE FROM overdue USING given WHERE overdue.record_id = given.record_id
    RETURNING overdue.record_id, overdue.counted_on
)
INSERT INTO service_day AS day (employee_id, counted_on, service, on_time, slightly, late)
SELECT given.employee_id, coalesce(finished.counted_on, given.counted_on), given.service,
    sum(given.on_time), sum(given.slightly), sum(given.late)
FROM given LEFT JOIN finished USING (record_id)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (employee_id, counted_on, service) DO UPDATE SET
    on_time = day.on_time + excluded.on_time,
    slightly = day.slightly + excluded.slightly,
    late = day.late + excluded.late"""

NOTE_OVERDUE = """INSERT INTO overdue (record_id, employee_id, counted_on, service, grace_ends)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[], $5::timestamptz[])"""

DROP_OVERDUE = "DELETE FROM overdue WHERE record_id = ANY($1::uuid[])"

SERVICES_OF = """WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::date[], $3::date[], $4::timestamptz[])
        AS asked(employee_id, since, until, as_of)
)
SELECT employee_id, counted_on, service, on_time, slightly, late
FROM asked JOIN service_day USING (employee_id)
WHERE counted_on BETWEEN since AND until AND on_time + slightly + late > 0
UNION ALL
SELECT employee_id, counted_on, service, 0, (as_of <= grace_ends)::int, (as_of > grace_ends)::int
FROM asked JOIN overdue USING (employee_id) WHERE counted_on BETWEEN since AND until"""


async def count(tx: Tx, records: Sequence[Delivered], *, times: int = 1) -> None:
    """Count finished requests once each. One that was overdue keeps its day; finishing only corrects how late it is.

    `times=-1` takes back what was counted: a counter of zeros is as good as none.
    """
    await tx.execute(
        COUNT_DELIVERED,
        [record.record_id for record in records],
        [record.employee_id for record in records],
        [record.counted_on for record in records],
        [record.service for record in records],
        *([times * int(record.lateness is lateness) for record in records] for lateness in Lateness),
    )


async def note_overdue(tx: Tx, records: Sequence[Overdue]) -> None:
    """Keep unfinished requests whose deadline has passed."""
    await tx.execute(
        NOTE_OVERDUE,
        [record.record_id for record in records],
        [record.employee_id for record in records],
        [record.counted_on for record in records],
        [record.service for record in records],
        [record.grace_ends for record in records],
    )


async def drop_overdue(tx: Tx, records: Sequence[UUID]) -> None:
    """Forget unfinished requests: they were wrong."""
    await tx.execute(DROP_OVERDUE, list(records))


async def services_of(reads: Reads, asked: Sequence[Asked]) -> dict[UUID, tuple[Counted, ...]]:
    """Each officer's services in the days asked for, with the lateness of open ones as of the moment asked for."""
    rows = await reads.fetch(
        SERVICES_OF,
        [one.employee_id for one in asked],
        [one.since for one in asked],
        [one.until for one in asked],
        [one.as_of for one in asked],
    )
    found: dict[UUID, list[Counted]] = defaultdict(list)
    for employee, day, service, on_time, slightly, late in rows:
        found[employee].append(Counted(day, service, on_time, slightly, late))
    return {one.employee_id: tuple(found[one.employee_id]) for one in asked}
