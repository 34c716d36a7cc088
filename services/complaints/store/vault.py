"""The vault: identities and contacts, and the log of who looked at them. No other service holds a copy.

Columns are plain: what protects them is the service's own database role, and disk encryption below it.
"""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from services.complaints.model.privacy import Reveal
from services.complaints.model.rows import Reporter
from services.complaints.store.cases import FOREIGN
from shared.messaging.tx import Tx

INSERT_REPORTERS = """INSERT INTO reporter (complaint_id, name, nik, phone, email, language)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])"""
LOG_ACCESS = """INSERT INTO contact_access (purpose, principal, complaint_id)
SELECT $1::text, $2::text, looked FROM unnest($3::uuid[]) AS looked"""
# In the log and shown by one statement: its rows come when it is committed. Both tables are asked for the keys, or the
# join may read all of one.
CONTACTS = f"""WITH logged AS ({LOG_ACCESS})
SELECT r.complaint_id, r.name, r.email, r.phone, r.language, c.source IS NOT NULL AS by_event, c.receipt_hash
FROM reporter r JOIN complaint c USING (complaint_id)
WHERE r.complaint_id = ANY($3::uuid[]) AND c.complaint_id = ANY($3::uuid[]) ORDER BY r.complaint_id"""  # noqa: S608
REPORTERS = """SELECT complaint_id, name, nik, phone, email, language, erased_at FROM reporter
WHERE complaint_id = ANY($1::uuid[]) ORDER BY complaint_id FOR UPDATE"""
CORRECT = """UPDATE reporter r SET name = n.name, nik = n.nik, phone = n.phone, email = n.email, language = n.language
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
    AS n(complaint_id, name, nik, phone, email, language)
WHERE r.complaint_id = n.complaint_id AND r.erased_at IS NULL"""
ERASE = """UPDATE reporter SET name = NULL, nik = NULL, phone = NULL, email = NULL, erased_at = $2::timestamptz
WHERE complaint_id = ANY($1::uuid[]) AND erased_at IS NULL"""
OVER_TERM = """SELECT r.complaint_id FROM reporter r JOIN complaint c USING (complaint_id)
WHERE r.erased_at IS NULL AND c.filed_on <= $1::date ORDER BY r.complaint_id LIMIT $2 FOR UPDATE OF r"""
OWN_DATA = """SELECT c.complaint_id, c.category, c.text, c.service, c.request_number, c.occurred_on, c.filed_at,
    c.visibility, i.channel, i.consented_at, r.name, r.nik, r.phone, r.email, r.language, r.erased_at
FROM complaint c JOIN reporter r USING (complaint_id) LEFT JOIN intake i USING (complaint_id)
WHERE c.complaint_id = $1::uuid"""
LOOKS = "SELECT at, purpose, reason FROM contact_access WHERE complaint_id = $1::uuid ORDER BY id"

LOG_REVEALS = """INSERT INTO contact_access (at, reveal_id, complaint_id, purpose, principal, reason, given_to)
SELECT $1::timestamptz, l.* FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[]) AS l"""
# The log says, too, who searched and found nobody. Who asks is shown no case about themselves, or whom they lead.
SEARCH = f"""WITH found AS (SELECT c.complaint_id, c.state, c.filed_at
    FROM reporter r JOIN complaint c USING (complaint_id)
    WHERE (r.nik = $2::text OR r.phone = $3::text OR r.email = $4::text) AND {FOREIGN}
    ORDER BY c.filed_at DESC, c.complaint_id LIMIT 50),
logged AS (INSERT INTO contact_access (purpose, principal, reason, complaint_id)
    SELECT 'search', $5::text, $6::text, f.complaint_id FROM (VALUES (0)) AS always LEFT JOIN found f ON true)
SELECT complaint_id, state FROM found ORDER BY filed_at DESC, complaint_id"""  # noqa: S608

REVEALED = ("reveal_id", "complaint_id", "purpose", "principal", "reason", "given_to")
COLUMNS = ("complaint_id", "name", "nik", "phone", "email", "language")


async def insert_reporters(tx: Tx, reporters: Sequence[Reporter]) -> None:
    """Keep reporters, in the order of their complaints' ids."""
    ordered = sorted(reporters, key=lambda reporter: reporter.complaint_id)
    await tx.execute(INSERT_REPORTERS, *([getattr(one, name) for one in ordered] for name in COLUMNS))


async def reporters(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Reporter]:
    """The rows of complaints, locked."""
    return {row["complaint_id"]: Reporter(**row) for row in await tx.fetch(REPORTERS, sorted(ids))}


async def correct(tx: Tx, reporters: Sequence[Reporter]) -> None:
    """Put new contacts in the place of those that are there. What was erased stays so."""
    await tx.execute(CORRECT, *([getattr(one, name) for one in reporters] for name in COLUMNS))


async def over_term(tx: Tx, filed_until: date, most: int) -> list[UUID]:
    """The complaints filed until a day whose reporters are still known, locked; at most `most`."""
    return [row["complaint_id"] for row in await tx.fetch(OVER_TERM, filed_until, most)]


async def erase(tx: Tx, ids: Collection[UUID]) -> None:
    """Empty the rows of complaints."""
    await tx.execute(ERASE, sorted(ids), tx.now)


async def log_looks(tx: Tx, purpose: str, principal: str, ids: Collection[UUID]) -> None:
    """Write down who was at the vault about some complaints, and what for."""
    await tx.execute(LOG_ACCESS, purpose, principal, sorted(ids))


async def log_reveals(tx: Tx, reveals: Sequence[Reveal]) -> None:
    """Write down looks with their reasons."""
    await tx.execute(LOG_REVEALS, tx.now, *([getattr(one, name) for one in reveals] for name in REVEALED))
