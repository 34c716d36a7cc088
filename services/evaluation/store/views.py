"""What people read. A result shows to its employee and the direct superior from its `visible_from` on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from asyncpg import Record


class Reads(Protocol):
    """Statements of their own, outside any batch."""

    async def fetch(self, sql: str, *arguments: Any) -> list[Record]:
        """All rows of a statement."""


ONE = "SELECT * FROM shown_evaluation WHERE evaluation_id = $1"

PAGE = """SELECT * FROM shown_evaluation
WHERE employee_id = $1 AND ($2::uuid IS NULL OR
    (opened_at, evaluation_id) < (SELECT opened_at, evaluation_id FROM evaluation WHERE evaluation_id = $2))
    AND ($3::text IS NULL OR status = $3)
ORDER BY opened_at DESC, evaluation_id DESC LIMIT $4"""

REPLIES_OF = """SELECT evaluation_id, revision, replied_at, words FROM reply
WHERE evaluation_id = ANY($1::uuid[]) ORDER BY evaluation_id, replied_at"""

OBJECTIONS_OF = """SELECT DISTINCT ON (evaluation_id) evaluation_id, objection_id, filed_at, reasons, due_on, statement,
    upheld, decided_at, outcome, needs, answer
FROM objection WHERE evaluation_id = ANY($1::uuid[]) ORDER BY evaluation_id, revision DESC"""

# What showed of an officer's on a day: the revision of whichever evaluation, or the assessment, that came last.
SHOWN_ON = """SELECT evaluation_id, each.revision, NULL::uuid AS assessment_id, visible_from AS since, policy_version,
    evidence, result
FROM evaluation_revision AS each JOIN evaluation USING (evaluation_id)
WHERE employee_id = $1 AND status <> 'withdrawn' AND visible_from < least($2::timestamptz, now())
UNION ALL
SELECT NULL, NULL, assessment_id, assessed_at, result->>'policy_version', evidence, result
FROM assessment WHERE employee_id = $1 AND assessed_at < least($2, now())
ORDER BY since DESC, revision DESC LIMIT 1"""

LEADS = "SELECT 1 FROM officer WHERE employee_id = $1 AND superior_id = $2"

OF_COMPLAINT = """SELECT complaint.complaint_id, coalesce(ended, no_evaluation.reason) AS reason,
    evaluation.evaluation_id, evaluation.status, evaluation.revision
FROM complaint LEFT JOIN no_evaluation USING (complaint_id)
LEFT JOIN evaluation ON evaluation.incident_id = complaint.incident_id AND evaluation.status <> 'withdrawn'
    AND evaluation.employee_id = complaint.employee_id AND no_evaluation.reason IS NULL AND ended IS NULL
WHERE complaint.complaint_id = $1"""


async def one(reads: Reads, evaluation: UUID) -> Record | None:
    """An evaluation as it shows."""
    rows = await reads.fetch(ONE, evaluation)
    return rows[0] if rows else None


async def page(reads: Reads, of: UUID, after: UUID | None, status: str | None, limit: int) -> Sequence[Record]:
    """An officer's evaluations as they show, newest first, after one of them."""
    return await reads.fetch(PAGE, of, after, status, limit)


async def replies_of(reads: Reads, evaluations: Sequence[UUID]) -> dict[UUID, list[Record]]:
    """What officers said about evaluations, the oldest first."""
    found: dict[UUID, list[Record]] = defaultdict(list)
    for row in await reads.fetch(REPLIES_OF, evaluations):
        found[row["evaluation_id"]].append(row)
    return found


async def objections_of(reads: Reads, evaluations: Sequence[UUID]) -> dict[UUID, Record]:
    """The last objection to each evaluation that has one."""
    return {row["evaluation_id"]: row for row in await reads.fetch(OBJECTIONS_OF, evaluations)}


async def shown_on(reads: Reads, employee: UUID, until: datetime) -> Record | None:
    """What showed of an officer's last before a moment; none before the first result."""
    rows = await reads.fetch(SHOWN_ON, employee, until)
    return rows[0] if rows else None


async def leads(reads: Reads, employee: UUID, superior: UUID | None) -> bool:
    """Whether somebody is an officer's direct superior."""
    return bool(await reads.fetch(LEADS, employee, superior))


async def of_complaint(reads: Reads, complaint: UUID) -> Record | None:
    """What became of a complaint here."""
    rows = await reads.fetch(OF_COMPLAINT, complaint)
    return rows[0] if rows else None
