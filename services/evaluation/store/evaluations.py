"""Evaluations, their revisions, and the needs they open."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.revision import Revision
from services.evaluation.model.words import OpenNeed, Standing
from shared.events.complaints import Visibility
from shared.events.evaluation import Need
from shared.messaging.tx import Tx

STANDING_OF = """SELECT incident_id, employee_id, evaluation_id, evaluation.revision, visibility, as_of
FROM unnest($1::uuid[], $2::uuid[]) AS asked(incident_id, employee_id)
JOIN evaluation USING (incident_id, employee_id)
JOIN evaluation_revision AS latest USING (evaluation_id, revision)
WHERE status <> 'withdrawn'"""

# Those that opened needs first: what they take back, another may open.
RESTED_OF = """SELECT evaluation.employee_id, latest.complaint_id, latest.evidence
FROM evaluation JOIN evaluation_revision AS latest USING (evaluation_id, revision)
WHERE evaluation.employee_id = ANY($1::uuid[]) AND evaluation.status <> 'withdrawn'
ORDER BY EXISTS (SELECT 1 FROM need WHERE need.evaluation_id = evaluation.evaluation_id AND closed_at IS NULL) DESC,
    opened_at, evaluation_id"""

OPEN_NEEDS_OF = """SELECT employee_id, test, need_id, evaluation_id FROM need
WHERE closed_at IS NULL AND employee_id = ANY($1::uuid[])"""

SAVE_REVISIONS = """WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::timestamptz[],
        $8::timestamptz[], $9::text[], $10::text[], $11::jsonb[], $12::jsonb[], $13::text[])
        AS given(evaluation_id, incident_id, employee_id, complaint_id, visibility, revision, as_of,
            visible_from, policy_version, outcome, evidence, result, status)
), saved AS (
    INSERT INTO evaluation
        (evaluation_id, incident_id, employee_id, complaint_id, visibility, status, revision, opened_at)
    SELECT evaluation_id, incident_id, employee_id, complaint_id, visibility, status, revision, as_of
    FROM given ORDER BY evaluation_id
    ON CONFLICT (evaluation_id) DO UPDATE SET visibility = excluded.visibility, revision = excluded.revision
)
INSERT INTO evaluation_revision
    (evaluation_id, revision, complaint_id, as_of, visible_from, policy_version, outcome, evidence, result)
SELECT evaluation_id, revision, complaint_id, as_of, visible_from, policy_version, outcome, evidence, result
FROM given ORDER BY evaluation_id"""

OPEN_NEEDS = """INSERT INTO need (need_id, employee_id, test, part, dimension, evaluation_id, revision, opened_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::int[],
    $8::timestamptz[]) AS given(need_id) ORDER BY need_id
ON CONFLICT (need_id) DO UPDATE SET revision = excluded.revision, opened_at = excluded.opened_at, closed_at = NULL"""

CLOSE_NEEDS = """UPDATE need SET closed_at = given.at FROM unnest($1::uuid[], $2::timestamptz[]) AS given(need_id, at)
WHERE need.need_id = given.need_id"""


async def standing_of(tx: Tx, incidents: Iterable[tuple[UUID, UUID]]) -> dict[UUID, Standing]:
    """The standing evaluation of each (incident, employee) that has one, by incident."""
    pairs = list(incidents)
    rows = await tx.fetch(STANDING_OF, [incident for incident, _ in pairs], [employee for _, employee in pairs])
    return {
        row["incident_id"]: Standing(row["evaluation_id"], row["revision"], Visibility(row["visibility"]), row["as_of"])
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Rested:
    """A standing evaluation: whose it is, its last complaint and what it rests on."""

    employee_id: UUID
    complaint_id: UUID
    evidence: Evidence


async def rested_of(tx: Tx, employees: Iterable[UUID]) -> list[Rested]:
    """Each standing evaluation of employees."""
    rows = await tx.fetch(RESTED_OF, list(employees))
    return [Rested(employee, complaint, Evidence.parse(evidence)) for employee, complaint, evidence in rows]


async def open_needs_of(tx: Tx, employees: Iterable[UUID]) -> dict[UUID, dict[str, OpenNeed]]:
    """Each employee's open needs, by test."""
    found: dict[UUID, dict[str, OpenNeed]] = defaultdict(dict)
    for employee, test, need, evaluation in await tx.fetch(OPEN_NEEDS_OF, list(employees)):
        found[employee][test] = OpenNeed(need, evaluation)
    return found


async def save(tx: Tx, revisions: Sequence[Revision]) -> None:
    """Write revisions: a first one opens its evaluation, a further one raises it."""
    await tx.execute(
        SAVE_REVISIONS,
        [one.evaluation_id for one in revisions],
        [one.incident_id for one in revisions],
        [one.employee_id for one in revisions],
        [one.complaint_id for one in revisions],
        [one.visibility for one in revisions],
        [one.revision for one in revisions],
        [one.evidence.as_of for one in revisions],
        [one.visible_from for one in revisions],
        [one.result.policy_version for one in revisions],
        [one.result.outcome for one in revisions],
        [one.evidence.canonical() for one in revisions],
        [one.result.canonical() for one in revisions],
        [one.status for one in revisions],
    )


async def close_needs(tx: Tx, needs: Sequence[tuple[UUID, datetime]]) -> None:
    """Close needs, each at a moment."""
    await tx.execute(CLOSE_NEEDS, [need for need, _ in needs], [at for _, at in needs])


async def open_needs(tx: Tx, needs: Sequence[tuple[Revision, Need]]) -> None:
    """Write the needs that revisions open; one that was withdrawn opens again."""
    at: list[datetime] = [revision.evidence.as_of for revision, _ in needs]
    await tx.execute(
        OPEN_NEEDS,
        [need.need_id for _, need in needs],
        [revision.employee_id for revision, _ in needs],
        [need.test for _, need in needs],
        [need.part for _, need in needs],
        [need.dimension for _, need in needs],
        [revision.evaluation_id for revision, _ in needs],
        [revision.revision for revision, _ in needs],
        at,
    )
