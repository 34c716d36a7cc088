"""What people read. A result shows to its employee and the direct superior from its `visible_from` on."""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from asyncpg import Record


class Reads(Protocol):
    """Statements of their own, outside any batch."""

    async def fetch(self, sql: str, *arguments: Any) -> list[Record]:
        """All rows of a statement."""


ONE = """SELECT * FROM shown_evaluation WHERE evaluation_id = $1 AND (employee_id = $2 OR superior_id = $3)"""

PAGE = """SELECT * FROM shown_evaluation
WHERE employee_id = $1 AND (employee_id = $2 OR superior_id = $3) AND ($4::uuid IS NULL OR
    (opened_at, evaluation_id) < (SELECT opened_at, evaluation_id FROM evaluation WHERE evaluation_id = $4))
ORDER BY opened_at DESC, evaluation_id DESC LIMIT $5"""

LEADS = "SELECT 1 FROM officer WHERE employee_id = $1 AND superior_id = $2"

OF_COMPLAINT = """SELECT complaint.complaint_id, no_evaluation.reason, evaluation.evaluation_id, evaluation.status,
    evaluation.revision
FROM complaint LEFT JOIN no_evaluation USING (complaint_id)
LEFT JOIN evaluation ON evaluation.incident_id = complaint.incident_id AND evaluation.status <> 'withdrawn'
    AND evaluation.employee_id = complaint.employee_id AND no_evaluation.reason IS NULL
WHERE complaint.complaint_id = $1"""


async def one(reads: Reads, evaluation: UUID, employee: UUID | None, superior: UUID | None) -> Record | None:
    """An evaluation that one of the two may read."""
    rows = await reads.fetch(ONE, evaluation, employee, superior)
    return rows[0] if rows else None


async def page(
    reads: Reads, of: UUID, employee: UUID | None, superior: UUID | None, after: UUID | None, limit: int
) -> Sequence[Record]:
    """An officer's evaluations that one of the two may read, newest first, after one of them."""
    return await reads.fetch(PAGE, of, employee, superior, after, limit)


async def leads(reads: Reads, employee: UUID, superior: UUID | None) -> bool:
    """Whether somebody is an officer's direct superior."""
    return bool(await reads.fetch(LEADS, employee, superior))


async def of_complaint(reads: Reads, complaint: UUID) -> Record | None:
    """What became of a complaint here."""
    rows = await reads.fetch(OF_COMPLAINT, complaint)
    return rows[0] if rows else None
