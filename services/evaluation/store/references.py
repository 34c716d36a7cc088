"""Services of the whole district, by kind."""

from datetime import date

from asyncpg import Record

from services.evaluation.store.views import Reads

OF_DISTRICT = """SELECT service, sum(items)::int AS items, count(DISTINCT employee_id)::int AS officers,
    sum(slightly)::int AS slightly, sum(late)::int AS late
FROM (
    SELECT employee_id, counted_on, service, on_time + slightly + late AS items, slightly, late FROM service_day
    UNION ALL
    SELECT employee_id, counted_on, service, 1, 0, 1 FROM overdue
) AS counted
WHERE counted_on >= $1 AND counted_on < $2 AND items > 0
GROUP BY service ORDER BY service"""


async def of_district(reads: Reads, since: date, before: date) -> list[Record]:
    """What was handled from a day on and before another, by service; open requests are late by then."""
    return await reads.fetch(OF_DISTRICT, since, before)
