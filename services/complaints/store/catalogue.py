"""The catalogue of services: every version of every standard."""

from collections.abc import Collection, Sequence

from services.complaints.model.rows import Standard
from shared.events.complaints import StandardUnit
from shared.events.directory import ServiceRecorded
from shared.messaging.tx import Tx

INSERT_STANDARDS = """INSERT INTO service_standard (service, version, name, unit, standard, standard_unit, valid_from)
SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::int[], $6::text[], $7::date[])
ON CONFLICT (service, version) DO NOTHING"""
STANDARDS = """SELECT service, version, name, unit, standard, standard_unit, valid_from FROM service_standard
WHERE service = ANY($1::text[])"""
OFFERED = """SELECT DISTINCT ON (service) service, name, unit, standard, standard_unit FROM service_standard
WHERE valid_from <= $1::date AND service > coalesce($2::text, '')
ORDER BY service, valid_from DESC, version DESC LIMIT $3::int"""

COLUMNS = ("service", "version", "name", "unit", "standard", "standard_unit", "valid_from")


async def insert_standards(tx: Tx, recorded: Sequence[ServiceRecorded]) -> None:
    """Keep versions; one that is there stays as it is."""
    await tx.execute(INSERT_STANDARDS, *([getattr(one, name) for one in recorded] for name in COLUMNS))


async def standards(tx: Tx, services: Collection[str]) -> dict[str, list[Standard]]:
    """All versions of the standards of some services."""
    found: dict[str, list[Standard]] = {}
    for row in await tx.fetch(STANDARDS, sorted(services)) if services else ():
        standard = Standard(**{**row, "standard_unit": StandardUnit(row["standard_unit"])})
        found.setdefault(standard.service, []).append(standard)
    return found
