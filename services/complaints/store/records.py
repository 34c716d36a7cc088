"""Service records."""

from collections.abc import Collection, Sequence
from uuid import UUID

from asyncpg import Record

from services.complaints.model.rows import ServiceRecord, WaitingCorrection
from shared.events.complaints import StandardUnit
from shared.messaging.tx import Tx

SAVE_RECORDS = """INSERT INTO service_record (record_id, source, request_number, service, unit, employee_id,
    received_at, received_on, standard, standard_unit, deadline, due_on, overdue, completed_at, paused_minutes, used,
    counted_on, revision, cancelled)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::timestamptz[],
    $8::date[], $9::int[], $10::text[], $11::timestamptz[], $12::date[], $13::boolean[], $14::timestamptz[],
    $15::int[], $16::int[], $17::date[], $18::int[], $19::text[])
ON CONFLICT (record_id) DO UPDATE SET
    request_number = excluded.request_number, service = excluded.service, unit = excluded.unit,
    employee_id = excluded.employee_id, received_at = excluded.received_at, received_on = excluded.received_on,
    standard = excluded.standard, standard_unit = excluded.standard_unit, deadline = excluded.deadline,
    due_on = excluded.due_on, overdue = excluded.overdue, completed_at = excluded.completed_at,
    paused_minutes = excluded.paused_minutes, used = excluded.used, counted_on = excluded.counted_on,
    revision = excluded.revision, cancelled = excluded.cancelled"""
RECORDS = """SELECT record_id, source, request_number, service, unit, employee_id, received_at, received_on, standard,
    standard_unit, deadline, due_on, overdue, completed_at, paused_minutes, used, counted_on, revision, cancelled
FROM service_record WHERE record_id = ANY($1::uuid[])"""
RECORDS_BY_NUMBER = """SELECT record_id, source, request_number, service, unit, employee_id, received_at, received_on,
    standard, standard_unit, deadline, due_on, overdue, completed_at, paused_minutes, used, counted_on, revision,
    cancelled
FROM service_record WHERE request_number = ANY($1::text[]) AND cancelled IS NULL ORDER BY record_id"""

WAIT = """INSERT INTO waiting_correction (source, submission, record_id, revision, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::int[], $5::text[]) ORDER BY 1, 2"""
TAKE_WAITING = """DELETE FROM waiting_correction WHERE record_id = ANY($1::uuid[])
RETURNING source, submission, record_id, revision, body"""

COLUMNS = (
    *("record_id", "source", "request_number", "service", "unit", "employee_id", "received_at", "received_on"),
    *("standard", "standard_unit", "deadline", "due_on", "overdue", "completed_at", "paused_minutes", "used"),
    *("counted_on", "revision", "cancelled"),
)


async def save_records(tx: Tx, records: Sequence[ServiceRecord]) -> None:
    """Insert or replace records, in the order of their ids."""
    ordered = sorted(records, key=lambda record: record.record_id)
    if ordered:
        await tx.execute(SAVE_RECORDS, *([getattr(record, name) for record in ordered] for name in COLUMNS))


async def records(tx: Tx, ids: Collection[UUID]) -> dict[UUID, ServiceRecord]:
    """The records that are there, by id."""
    return {row["record_id"]: _record(row) for row in await tx.fetch(RECORDS, list(ids))}


async def records_by_number(tx: Tx, numbers: Collection[str]) -> dict[str, list[ServiceRecord]]:
    """The records with some request numbers that are not cancelled. Sound only under the names ("request", number)."""
    found: dict[str, list[ServiceRecord]] = {}
    if numbers:
        for row in await tx.fetch(RECORDS_BY_NUMBER, sorted(numbers)):
            found.setdefault(row["request_number"], []).append(_record(row))
    return found


async def wait(tx: Tx, corrections: Sequence[WaitingCorrection]) -> None:
    """Keep corrections until their record comes."""
    names = ("source", "submission", "record_id", "revision", "body")
    await tx.execute(WAIT, *([getattr(one, name) for one in corrections] for name in names))


async def take_waiting(tx: Tx, ids: Collection[UUID]) -> list[WaitingCorrection]:
    """The corrections that waited for some records, which they do no more; by revision. Sound under ("record", id)."""
    taken = [WaitingCorrection(**row) for row in await tx.fetch(TAKE_WAITING, list(ids))]
    return sorted(taken, key=lambda one: (one.revision, one.source, one.submission))


def _record(row: Record) -> ServiceRecord:
    return ServiceRecord(**{**row, "standard_unit": StandardUnit(row["standard_unit"])})
