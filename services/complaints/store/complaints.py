"""Complaints and their states; what was filed of late."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.complaints.model.rows import Complaint, State
from shared.events.complaints import Finding, Trigger, Visibility
from shared.messaging.tx import Tx

INSERT_COMPLAINTS = """INSERT INTO complaint (complaint_id, source, source_event_id, state, category, part, trigger,
    policy_version, visibility, text, service, unit, request_number, record_id, employee_id, occurred_on, day,
    filed_at, filed_on, reporter_ref, receipt_hash, authority, ended_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::uuid[], $15::uuid[], $16::date[],
    $17::date[], $18::timestamptz[], $19::date[], $20::text[], $21::bytea[], $22::text[], $23::timestamptz[])"""
SUBMITTED = """SELECT c.source, c.source_event_id, c.complaint_id FROM complaint c
JOIN unnest($1::text[], $2::text[]) AS s(source, source_event_id) USING (source, source_event_id)"""
WHOLE = """complaint_id, source, source_event_id, state, category, part, trigger, policy_version, visibility,
    text, service, unit, request_number, record_id, employee_id, occurred_on, day, filed_at, filed_on, reporter_ref,
    receipt_hash, handler_id, verified_at, answers, answered_at, finding, data_requests, reopened, reason,
    authority, ended_at, rating"""
WAITING = f"""SELECT {WHOLE}
FROM complaint WHERE employee_id IS NULL AND request_number = ANY($1::text[]) AND state = ANY($2::text[])
ORDER BY complaint_id FOR UPDATE"""  # noqa: S608
CASES = f"""SELECT {WHOLE}
FROM complaint WHERE complaint_id = ANY($1::uuid[]) ORDER BY complaint_id FOR UPDATE"""  # noqa: S608
SAVE = """UPDATE complaint c SET state = s.state, category = s.category, part = s.part, trigger = s.trigger,
    visibility = s.visibility, unit = s.unit, employee_id = s.employee_id, handler_id = s.handler_id,
    verified_at = s.verified_at, answers = s.answers, answered_at = s.answered_at, finding = s.finding,
    data_requests = s.data_requests, reopened = s.reopened, reason = s.reason, authority = s.authority,
    ended_at = s.ended_at, rating = s.rating
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[],
    $9::uuid[], $10::timestamptz[], $11::int[], $12::timestamptz[], $13::text[], $14::int[], $15::int[], $16::text[],
    $17::text[], $18::timestamptz[], $19::int[])
    AS s(complaint_id, state, category, part, trigger, visibility, unit, employee_id, handler_id, verified_at,
    answers, answered_at, finding, data_requests, reopened, reason, authority, ended_at, rating)
WHERE c.complaint_id = s.complaint_id"""
ASSIGN = """UPDATE complaint SET state = a.state, service = a.service, unit = a.unit, record_id = a.record_id,
    employee_id = a.employee_id, day = a.day, handler_id = a.handler_id
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::date[], $8::uuid[])
    AS a(complaint_id, state, service, unit, record_id, employee_id, day, handler_id)
WHERE complaint.complaint_id = a.complaint_id"""
STATES = """SELECT complaint_id, state FROM complaint WHERE complaint_id = ANY($1::uuid[])
ORDER BY complaint_id FOR UPDATE"""
SET_STATES = """UPDATE complaint SET state = s.state FROM unnest($1::uuid[], $2::text[]) AS s(complaint_id, state)
WHERE complaint.complaint_id = s.complaint_id"""
RECENT_FILINGS = """SELECT s.subject, count(f.at) AS filings, min(f.at) AS oldest
FROM unnest($1::text[], $2::timestamptz[]) AS s(subject, since)
JOIN recent_filing f ON f.subject = s.subject AND f.at > s.since GROUP BY s.subject"""
INSERT_RECENT_FILINGS = "INSERT INTO recent_filing (subject, at) SELECT s, $2::timestamptz FROM unnest($1::text[]) s"
TRIM_RECENT_FILINGS = "DELETE FROM recent_filing WHERE at <= $1::timestamptz"
TRACKED = """SELECT complaint_id, state, category, service, filed_at FROM complaint WHERE receipt_hash = $1::bytea"""
STANDING = """SELECT complaint_id, state AS status, filed_at FROM complaint
WHERE source = $1::text AND source_event_id = $2::text"""
COMPLAINT_FOR_STAFF = """SELECT complaint_id, state, category, part, trigger, visibility, service, unit, employee_id,
    day, filed_at, source IS NOT NULL AS by_event, text, request_number, record_id, policy_version
FROM complaint WHERE complaint_id = $1::uuid"""
PAGE_FOR_STAFF = """SELECT complaint_id, state, category, part, trigger, visibility, service, unit, employee_id,
    day, filed_at, source IS NOT NULL AS by_event
FROM complaint WHERE (filed_at, complaint_id) < (coalesce($1::timestamptz, 'infinity'),
    coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')) AND ($3::text IS NULL OR state = $3)
ORDER BY filed_at DESC, complaint_id DESC LIMIT $4::int"""

COLUMNS = (
    *("complaint_id", "source", "source_event_id", "state", "category", "part", "trigger", "policy_version"),
    *("visibility", "text", "service", "unit", "request_number", "record_id", "employee_id", "occurred_on", "day"),
    *("filed_at", "filed_on", "reporter_ref", "receipt_hash", "authority", "ended_at"),
)
ASSIGNED = ("complaint_id", "state", "service", "unit", "record_id", "employee_id", "day", "handler_id")
SAVED = (
    *("complaint_id", "state", "category", "part", "trigger", "visibility", "unit", "employee_id", "handler_id"),
    *("verified_at", "answers", "answered_at", "finding", "data_requests", "reopened", "reason", "authority"),
    *("ended_at", "rating"),
)


async def insert_complaints(tx: Tx, complaints: Sequence[Complaint]) -> None:
    """Insert complaints, in the order of their ids."""
    ordered = sorted(complaints, key=lambda complaint: complaint.complaint_id)
    await tx.execute(INSERT_COMPLAINTS, *([getattr(one, name) for one in ordered] for name in COLUMNS))


async def submitted(tx: Tx, senders: Sequence[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """Those of some (source, event id) that have become complaints already, with these."""
    rows = await tx.fetch(SUBMITTED, [source for source, _ in senders], [event_id for _, event_id in senders])
    return {(row["source"], row["source_event_id"]): row["complaint_id"] for row in rows}


async def waiting(tx: Tx, numbers: Collection[str], states: Collection[State]) -> list[Complaint]:
    """Unassigned complaints with some request numbers, in some states, locked.

    Sound only under the names ("request", number).
    """
    return [_complaint(row) for row in await tx.fetch(WAITING, sorted(numbers), list(states))]


async def cases(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Complaint]:
    """Those of some complaints that are there, locked."""
    return {row["complaint_id"]: _complaint(row) for row in await tx.fetch(CASES, sorted(ids))}


async def save(tx: Tx, complaints: Sequence[Complaint]) -> None:
    """Write down how complaints stand that were locked by `cases`."""
    if complaints:
        await tx.execute(SAVE, *([getattr(one, name) for one in complaints] for name in SAVED))


async def assign(tx: Tx, complaints: Sequence[Complaint]) -> None:
    """Write down whom complaints are about."""
    if complaints:
        await tx.execute(ASSIGN, *([getattr(one, name) for one in complaints] for name in ASSIGNED))


async def states(tx: Tx, ids: Collection[UUID]) -> dict[UUID, State]:
    """The states of complaints, locked."""
    return {row["complaint_id"]: State(row["state"]) for row in await tx.fetch(STATES, sorted(ids))}


async def set_states(tx: Tx, states: Mapping[UUID, State]) -> None:
    """Write states down."""
    await tx.execute(SET_STATES, list(states), list(states.values()))


async def recent_filings(tx: Tx, since: Mapping[str, datetime]) -> dict[str, tuple[int, datetime]]:
    """How often each subject filed after its moment, and when first; subjects that did not are missing."""
    rows = await tx.fetch(RECENT_FILINGS, list(since), list(since.values()))
    return {row["subject"]: (row["filings"], row["oldest"]) for row in rows}


async def insert_recent_filings(tx: Tx, subjects: Sequence[str]) -> None:
    """Count a filing for each subject."""
    await tx.execute(INSERT_RECENT_FILINGS, list(subjects), tx.now)


async def trim_recent_filings(tx: Tx, until: datetime) -> None:
    """Forget filings that no window reaches any more."""
    await tx.execute(TRIM_RECENT_FILINGS, until)


def _complaint(row: Record) -> Complaint:
    enums = {"state": State, "trigger": Trigger, "visibility": Visibility}
    finding = Finding(row["finding"]) if row["finding"] else None
    return Complaint(**{**row, **{name: kind(row[name]) for name, kind in enums.items()}, "finding": finding})
