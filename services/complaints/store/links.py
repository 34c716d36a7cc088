"""Which complaints are about one incident."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.complaints.model.linking import Link
from shared.messaging.tx import Tx

LINKS = """SELECT complaint_id, to_id FROM complaint_link
WHERE complaint_id = ANY($1::uuid[]) OR to_id = ANY($1::uuid[]) ORDER BY linked_at, complaint_id"""
INSERT_LINKS = """INSERT INTO complaint_link (complaint_id, to_id, linked_by, linked_at)
SELECT l.complaint_id, l.to_id, l.linked_by, $4::timestamptz
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS l(complaint_id, to_id, linked_by)"""

DELETE_LINKS = "DELETE FROM complaint_link WHERE complaint_id = ANY($1::uuid[])"


async def links(tx: Tx, ids: Collection[UUID]) -> list[Link]:
    """All links in which one of some complaints stands. Sound only under the names ("complaint", id) of all."""
    return [Link(**row) for row in await tx.fetch(LINKS, sorted(ids))]


async def insert_links(tx: Tx, made: Sequence[tuple[UUID, UUID | None, str]]) -> None:
    """Keep links: a complaint, the one it is linked to, and who linked it."""
    ordered = sorted(made, key=lambda each: each[0])
    await tx.execute(INSERT_LINKS, *([each[n] for each in ordered] for n in range(3)), tx.now)


async def delete_links(tx: Tx, ids: Collection[UUID]) -> None:
    """Let complaints be linked to no other any more."""
    await tx.execute(DELETE_LINKS, sorted(ids))
