"""The duty roster, the latest version of each entry."""

from collections.abc import Sequence

from shared.events.directory import DutyRecorded
from shared.messaging.tx import Tx

SAVE_DUTIES = """INSERT INTO duty (duty_id, version, unit, counter, employee_id, since, until, services)
SELECT d.duty_id, d.version, d.unit, d.counter, d.employee_id, d.since, d.until, string_to_array(d.services, ' ')
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::uuid[], $6::timestamptz[], $7::timestamptz[], $8::text[])
    AS d(duty_id, version, unit, counter, employee_id, since, until, services)
ON CONFLICT (duty_id) DO UPDATE SET version = excluded.version, unit = excluded.unit, counter = excluded.counter,
    employee_id = excluded.employee_id, since = excluded.since, until = excluded.until, services = excluded.services
WHERE duty.version < excluded.version"""
ON_DUTY = """SELECT employee_id, since, until FROM duty
WHERE unit = $1::text AND until > $2::timestamptz AND since < $3::timestamptz AND ($4::text IS NULL OR counter = $4)
    AND ($5::text IS NULL OR services = '{}' OR $5 = ANY(services))"""

COLUMNS = ("duty_id", "version", "unit", "counter", "employee_id", "since", "until")


async def save_duties(tx: Tx, recorded: Sequence[DutyRecorded]) -> None:
    """Keep the latest version of each entry. Codes of services hold no blank, so a text carries a list of them."""
    ordered = sorted(recorded, key=lambda one: one.duty_id)
    columns = ([getattr(one, name) for one in ordered] for name in COLUMNS)
    await tx.execute(SAVE_DUTIES, *columns, [" ".join(one.services) for one in ordered])
