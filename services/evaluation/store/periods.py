"""Periods and the assessments made at their close."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.evaluation.model.evidence import canonical
from services.evaluation.model.periods import Assessment, Period
from services.evaluation.store.views import Reads
from shared.messaging.tx import Tx

OPEN = """INSERT INTO period (period, since, until, opened_at)
SELECT given.*, $4::timestamptz FROM unnest($1::text[], $2::date[], $3::date[]) AS given(period, since, until)
ORDER BY period
ON CONFLICT (period) DO NOTHING RETURNING period"""

BEGIN_CLOSING = """UPDATE period SET officers = $2, closed_at = CASE WHEN $2 = 0 THEN $3::timestamptz END
WHERE period = $1"""

OFFICERS = "SELECT employee_id FROM officer ORDER BY employee_id"

PERIODS_OF = "SELECT period, since, until FROM period WHERE period = ANY($1::text[])"

SAVE = """INSERT INTO assessment (assessment_id, period, employee_id, assessed_at, evidence, result, proposal)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::jsonb[], $6::jsonb[], $7::jsonb[])"""

# Two batches that close two periods take them in one order.
COUNT_ASSESSED = """WITH given AS (
    SELECT period, count(*)::int AS n FROM unnest($1::text[]) AS given(period) GROUP BY period
), locked AS (
    SELECT period FROM period WHERE period = ANY($1::text[]) ORDER BY period FOR UPDATE
)
UPDATE period SET assessed = assessed + n, closed_at = CASE WHEN assessed + n >= officers THEN $2::timestamptz END
FROM given JOIN locked USING (period) WHERE period.period = given.period
RETURNING period.period, officers, closed_at IS NOT NULL AS closed"""

SHOWN = """SELECT assessment.*, to_jsonb(predicate_decision) AS decision, to_jsonb(predicate_objection) AS objection
FROM assessment LEFT JOIN predicate_decision USING (assessment_id)
LEFT JOIN predicate_objection USING (assessment_id)"""

ONE = f"{SHOWN} WHERE assessment_id = $1"

PAGE = f"""{SHOWN} WHERE employee_id = $1
    AND ($2::timestamptz IS NULL OR (assessed_at, assessment_id) < ($2, $3::uuid)) AND ($4::text IS NULL OR status = $4)
ORDER BY assessed_at DESC, assessment_id DESC LIMIT $5"""

LIST = """SELECT period, since, until, opened_at, officers, assessed, closed_at FROM period
WHERE ($1::date IS NULL OR (since, period) < ($1, $2::text)) ORDER BY since DESC, period DESC LIMIT $3"""


async def open_all(tx: Tx, periods: Sequence[Period]) -> set[str]:
    """Open periods; gives the names of those that were not open yet."""
    rows = await tx.fetch(
        OPEN, [one.name for one in periods], [one.since for one in periods], [one.until for one in periods], tx.now
    )
    return {row["period"] for row in rows}


async def begin_closing(tx: Tx, name: str, officers: int) -> None:
    """Note how many officers a period assesses; it is closed at once where there is none."""
    await tx.execute(BEGIN_CLOSING, name, officers, tx.now)


async def officers(tx: Tx) -> list[UUID]:
    """All officers that the directory has told of."""
    return [row["employee_id"] for row in await tx.fetch(OFFICERS)]


async def periods_of(tx: Tx, names: Iterable[str]) -> dict[str, Period]:
    """Periods by name."""
    return {row["period"]: Period(*row) for row in await tx.fetch(PERIODS_OF, list(names))}


async def save(tx: Tx, assessments: Sequence[Assessment]) -> None:
    """Keep assessments."""
    await tx.execute(
        SAVE,
        [one.assessment_id for one in assessments],
        [one.period for one in assessments],
        [one.employee_id for one in assessments],
        [tx.now] * len(assessments),
        [one.evidence.canonical() for one in assessments],
        [one.result.canonical() for one in assessments],
        [canonical(asdict(one.proposal)) for one in assessments],
    )


async def count_assessed(tx: Tx, names: Sequence[str]) -> dict[str, int]:
    """Count assessments, one for each name. Gives the periods that this closed, with their number of officers."""
    rows = await tx.fetch(COUNT_ASSESSED, list(names), tx.now)
    return {row["period"]: row["officers"] for row in rows if row["closed"]}


async def one(reads: Reads, assessment: UUID) -> Record | None:
    """An assessment, with what was decided about it."""
    rows = await reads.fetch(ONE, assessment)
    return rows[0] if rows else None


async def page(reads: Reads, employee: UUID, after: tuple[Any, ...], status: str | None, rows: int) -> list[Record]:
    """An officer's assessments, the newest first; of one status if asked."""
    return await reads.fetch(PAGE, employee, *after, status, rows)


async def listed(reads: Reads, after: tuple[Any, ...], rows: int) -> list[Record]:
    """Periods, the latest first."""
    return await reads.fetch(LIST, *after, rows)
