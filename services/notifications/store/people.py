"""Civil servants: how to reach them, and whose first letter about an evaluation explained what it is."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from services.notifications.model.notices import Person
from services.notifications.store.reads import Reads
from shared.messaging.tx import Tx

# The version only rises: the directory's topic is compacted, so an older record may come again.
KEEP_PEOPLE = """INSERT INTO person (employee_id, version, name, email, language, superior_id)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::uuid[]) AS p ORDER BY 1
ON CONFLICT (employee_id) DO UPDATE SET version = excluded.version, name = excluded.name, email = excluded.email,
    language = excluded.language, superior_id = excluded.superior_id WHERE excluded.version > person.version"""


async def keep_people(tx: Tx, people: Sequence[Person]) -> None:
    """Keep what the directory tells of civil servants."""
    columns = zip(
        *((p.employee_id, p.version, p.name, p.email, p.language, p.superior_id) for p in people), strict=True
    )
    await tx.execute(KEEP_PEOPLE, *(list(column) for column in columns))


# One array and no OR: for that every person is read, each time.
PEOPLE = """SELECT employee_id, version, name, email, language, superior_id, introduced_by FROM person
WHERE employee_id = ANY($1::uuid[] || ARRAY(SELECT superior_id FROM person WHERE employee_id = ANY($1::uuid[])))"""


async def people(reads: Reads, employees: Iterable[UUID]) -> dict[UUID, Person]:
    """The employees, and their superiors, as far as the directory has told of them."""
    rows = await reads.fetch(PEOPLE, sorted(set(employees)))
    return {row["employee_id"]: Person(**dict(row)) for row in rows}


# Whoever comes first introduces, by both channels; said again it changes nothing.
INTRODUCE = """UPDATE person SET introduced_by = coalesce(introduced_by, first.event_id)
FROM unnest($1::uuid[], $2::text[]) AS first (employee_id, event_id)
WHERE person.employee_id = first.employee_id RETURNING person.employee_id, introduced_by"""


async def introduce(reads: Reads, events: Mapping[UUID, str]) -> dict[UUID, str]:
    """Keep, of employees who have had no letter about an evaluation yet, the event of the first one. Gives it."""
    employees = sorted(events)
    rows = await reads.fetch(INTRODUCE, employees, [events[employee] for employee in employees])
    return {row["employee_id"]: row["introduced_by"] for row in rows}
