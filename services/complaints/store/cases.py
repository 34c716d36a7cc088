"""Cases as their officers and reporters see them, and what was said on them."""

from collections.abc import Sequence

from services.complaints.model.rows import Said
from shared.messaging.tx import Tx

INSERT_SAID = """INSERT INTO said (said_id, complaint_id, kind, audience, author_id, text, finding, at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[],
    $8::timestamptz[])"""
SHOWN = """c.complaint_id, c.state, c.category, c.trigger, c.visibility, c.service, c.unit, c.employee_id, c.handler_id,
    c.verified_at, c.finding, c.day, c.filed_at, c.answered_at, c.ended_at, c.reason, c.authority, c.rating"""
# Nobody reads a case about themselves, or about somebody whom they lead.
FOREIGN = """NOT EXISTS (SELECT FROM employee e LEFT JOIN unit u USING (unit)
    WHERE e.employee_id = c.employee_id AND coalesce(e.superior_id, u.head_id) = $1::uuid)
    AND c.employee_id IS DISTINCT FROM $1::uuid"""
PAGE = f"""SELECT {SHOWN} FROM complaint c
WHERE (c.filed_at, c.complaint_id) < (coalesce($2::timestamptz, 'infinity'),
    coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')) AND ($4::text IS NULL OR c.state = $4)
    AND ($5::uuid IS NULL OR c.handler_id = $5) AND ($6::text IS NULL OR c.unit = $6)
    AND ($7::text IS NULL OR c.category = $7) AND ($8::boolean IS NULL OR (c.employee_id IS NULL) = $8) AND {FOREIGN}
ORDER BY c.filed_at DESC, c.complaint_id DESC LIMIT $9::int"""  # noqa: S608
ONE = f"""SELECT {SHOWN}, c.text, c.request_number, c.record_id
FROM complaint c WHERE c.complaint_id = $2::uuid AND {FOREIGN}"""  # noqa: S608
SAID_ON = """SELECT kind, author_id IS NULL AS by_reporter, text, at, audience, author_id, finding FROM said
WHERE complaint_id = $1::uuid ORDER BY at, said_id"""
SAID_TO_REPORTER = """SELECT kind, author_id IS NULL AS by_reporter, text, at FROM said
WHERE complaint_id = $1::uuid AND audience <> 'internal' ORDER BY at, said_id"""

COLUMNS = ("said_id", "complaint_id", "kind", "audience", "author_id", "text", "finding", "at")


async def insert_said(tx: Tx, said: Sequence[Said]) -> None:
    """Keep what was said."""
    if said:
        await tx.execute(INSERT_SAID, *([getattr(one, name) for one in said] for name in COLUMNS))
