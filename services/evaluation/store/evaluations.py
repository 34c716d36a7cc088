"""Evaluations, their revisions, and the needs they open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from services.evaluation.model.decisions import Case
from services.evaluation.model.evidence import Evidence
from services.evaluation.model.revision import Rested, Revision
from services.evaluation.model.words import OpenNeed, Standing
from shared.events.complaints import Visibility
from shared.events.evaluation import DimensionScore, Need, Outcome, Status
from shared.messaging.tx import Tx

SCORES = TypeAdapter(tuple[DimensionScore, ...])

STANDING_OF = """SELECT incident_id, employee_id, evaluation_id, evaluation.revision, visibility, as_of, status,
    outcome, result->'dimensions' AS scores
FROM unnest($1::uuid[], $2::uuid[]) AS asked(incident_id, employee_id)
JOIN evaluation USING (incident_id, employee_id)
JOIN evaluation_revision AS latest USING (evaluation_id, revision)
WHERE status <> 'withdrawn'"""

# Those that opened needs first: what they take back, another may open. Of the complaints that an evaluation stands on,
# the one of its last revision if that is still among them, else the newest.
RESTED_OF = """SELECT evaluation.evaluation_id, evaluation.employee_id, evaluation.incident_id, evaluation.visibility,
    evaluation.status, cause.complaint_id, latest.evidence
FROM evaluation JOIN evaluation_revision AS latest USING (evaluation_id, revision)
LEFT JOIN LATERAL (
    SELECT complaint_id FROM complaint
    WHERE complaint.incident_id = evaluation.incident_id AND complaint.employee_id = evaluation.employee_id
        AND ended IS NULL AND (trigger = 'at_filing' OR trigger <> 'never' AND verified)
    ORDER BY complaint.complaint_id = latest.complaint_id DESC, filed_at DESC, complaint_id DESC LIMIT 1
) AS cause ON true
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
    ON CONFLICT (evaluation_id) DO UPDATE SET
        visibility = excluded.visibility, revision = excluded.revision, status = excluded.status
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


WITHDRAW = """WITH withdrawn AS (
    UPDATE evaluation SET status = 'withdrawn' WHERE evaluation_id = ANY($1::uuid[]) RETURNING evaluation_id
)
SELECT evaluation_id, need_id FROM withdrawn JOIN need USING (evaluation_id) WHERE closed_at IS NULL ORDER BY need_id"""

HIDE = """UPDATE evaluation SET visibility = given.visibility
FROM unnest($1::uuid[], $2::text[]) AS given(evaluation_id, visibility)
WHERE evaluation.evaluation_id = given.evaluation_id"""


async def standing_of(tx: Tx, incidents: Iterable[tuple[UUID, UUID]]) -> dict[UUID, Standing]:
    """The standing evaluation of each (incident, employee) that has one, by incident."""
    pairs = list(incidents)
    rows = await tx.fetch(STANDING_OF, [incident for incident, _ in pairs], [employee for _, employee in pairs])
    return {
        row["incident_id"]: Standing(
            row["evaluation_id"],
            row["revision"],
            Visibility(row["visibility"]),
            row["as_of"],
            Status(row["status"]),
            Outcome(row["outcome"]),
            SCORES.validate_json(row["scores"]),
        )
        for row in rows
    }


async def rested_of(tx: Tx, employees: Iterable[UUID]) -> list[Rested]:
    """Each standing evaluation of employees."""
    rows = await tx.fetch(RESTED_OF, list(employees))
    return [
        Rested(
            **{
                **row,
                "visibility": Visibility(row["visibility"]),
                "status": Status(row["status"]),
                "evidence": Evidence.parse(row["evidence"]),
            }
        )
        for row in rows
    ]


async def withdraw(tx: Tx, evaluations: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Withdraw evaluations. Gives the needs of each that are still open."""
    needs: dict[UUID, list[UUID]] = defaultdict(list)
    for evaluation, need in await tx.fetch(WITHDRAW, list(evaluations)):
        needs[evaluation].append(need)
    return needs


async def hide(tx: Tx, visibilities: Mapping[UUID, Visibility]) -> None:
    """Show evaluations from now on as a stricter visibility asks for."""
    await tx.execute(HIDE, list(visibilities), list(visibilities.values()))


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


async def open_needs(tx: Tx, needs: Sequence[tuple[Revision | Case, Need, datetime]]) -> None:
    """Write the needs that revisions open, or decisions about them, each at a moment; a withdrawn one opens again."""
    await tx.execute(
        OPEN_NEEDS,
        [need.need_id for _, need, _ in needs],
        [of.employee_id for of, _, _ in needs],
        [need.test for _, need, _ in needs],
        [need.part for _, need, _ in needs],
        [need.dimension for _, need, _ in needs],
        [of.evaluation_id for of, _, _ in needs],
        [of.revision for of, _, _ in needs],
        [at for _, _, at in needs],
    )
