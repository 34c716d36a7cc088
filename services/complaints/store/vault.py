"""The vault: identities and contacts, and the log of who looked at them. No other service holds a copy.

Columns are plain: what protects them is the service's own database role, and disk encryption below it.
"""

from collections.abc import Sequence
from datetime import date

from services.complaints.model.rows import Reporter
from shared.messaging.tx import Tx

INSERT_REPORTERS = """INSERT INTO reporter (complaint_id, name, nik, phone, email, language)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])"""
LOG_ACCESS = """INSERT INTO contact_access (purpose, principal, complaint_id)
SELECT $1::text, $2::text, looked FROM unnest($3::uuid[]) AS looked"""
CONTACTS = """SELECT r.complaint_id, r.name, r.email, r.phone, r.language, c.source IS NOT NULL AS by_event,
    c.receipt_hash
FROM reporter r JOIN complaint c USING (complaint_id) WHERE r.complaint_id = ANY($1::uuid[]) ORDER BY r.complaint_id"""
ERASE_REPORTERS = """UPDATE reporter SET name = NULL, nik = NULL, phone = NULL, email = NULL,
    erased_at = $2::timestamptz
WHERE complaint_id = ANY(ARRAY(
    SELECT r.complaint_id FROM reporter r JOIN complaint c USING (complaint_id)
    WHERE r.erased_at IS NULL AND c.filed_on <= $1::date ORDER BY r.complaint_id LIMIT $3))
RETURNING complaint_id"""

COLUMNS = ("complaint_id", "name", "nik", "phone", "email", "language")


async def insert_reporters(tx: Tx, reporters: Sequence[Reporter]) -> None:
    """Keep reporters, in the order of their complaints' ids."""
    ordered = sorted(reporters, key=lambda reporter: reporter.complaint_id)
    await tx.execute(INSERT_REPORTERS, *([getattr(one, name) for one in ordered] for name in COLUMNS))


async def erase_reporters(tx: Tx, filed_until: date, most: int) -> int:
    """Empty the rows of complaints filed until a day. Gives how many, of at most `most`."""
    return len(await tx.fetch(ERASE_REPORTERS, filed_until, tx.now, most))
