"""Sessions and their seats."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from services.training.model.catalogue import Planned, Session
from services.training.model.enrolments import Seats
from services.training.store import Reads
from shared.messaging.tx import Tx

# A session is not moved by a later version: people hold seats in it.
OPEN_SESSIONS = """INSERT INTO session (session_id, code, course, starts_at, place, seats)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::int[])
ON CONFLICT DO NOTHING RETURNING session_id"""


async def insert(tx: Tx, planned: Sequence[Planned]) -> list[Planned]:
    """Open sessions; those that were opened before, or whose code was, stay as they are. Gives the new ones."""
    rows = await tx.fetch(
        OPEN_SESSIONS,
        [one.session_id for one in planned],
        [one.code for one in planned],
        [one.course for one in planned],
        [one.starts_at for one in planned],
        [one.place for one in planned],
        [one.seats for one in planned],
    )
    new = {row["session_id"] for row in rows}
    return [one for one in planned if one.session_id in new]


CANCEL_SESSION = "UPDATE session SET cancelled_at = $2 WHERE session_id = $1"


async def cancel(tx: Tx, session_id: UUID) -> None:
    """Nobody gets a seat in it any more."""
    await tx.execute(CANCEL_SESSION, session_id, tx.now)


SEATS = """SELECT session_id, course, starts_at, seats,
    array(SELECT DISTINCT employee_id FROM enrolment WHERE enrolment.session_id = session.session_id) AS holders
FROM session WHERE starts_at > $1 AND cancelled_at IS NULL ORDER BY starts_at, session_id"""


async def seats(tx: Tx) -> list[Seats]:
    """All future sessions with those who hold a seat. Right only under the lock of the catalogue's seats."""
    return [
        Seats(row["session_id"], row["course"], row["starts_at"], row["seats"], frozenset(row["holders"]))
        for row in await tx.fetch(SEATS, tx.now)
    ]


SESSION = """SELECT session_id, code, course, starts_at, place, seats, cancelled_at, seats - (
    SELECT count(DISTINCT employee_id) FROM enrolment WHERE enrolment.session_id = session.session_id) AS free
FROM session WHERE session_id = $1"""


async def one(reads: Reads, session_id: UUID) -> Session | None:
    """A session, also one that is over or cancelled."""
    rows = await reads.fetch(SESSION, session_id)
    return Session.model_validate(dict(rows[0])) if rows else None


SESSIONS = """SELECT session_id, code, course, starts_at, place, seats, cancelled_at, seats - (
    SELECT count(DISTINCT employee_id) FROM enrolment WHERE enrolment.session_id = session.session_id) AS free
FROM session WHERE starts_at > now() AND cancelled_at IS NULL
    AND ($1::text IS NULL OR course = $1)
    AND ($2::date IS NULL OR starts_at >= $2::date::timestamp AT TIME ZONE $4)
    AND ($3::date IS NULL OR starts_at < ($3::date + 1)::timestamp AT TIME ZONE $4)
    AND ($5::timestamptz IS NULL OR (starts_at, session_id) > ($5, $6::uuid))
ORDER BY starts_at, session_id LIMIT $7"""


async def listed(
    reads: Reads,
    course: str | None = None,
    since: date | None = None,
    until: date | None = None,
    zone: str = "UTC",
    after: tuple[datetime | None, UUID | None] = (None, None),
    limit: int = 200,
) -> list[Session]:
    """The sessions to come, of one course or all, on local days from `since` up to and with `until`."""
    rows = await reads.fetch(SESSIONS, course, since, until, zone, *after, limit)
    return [Session.model_validate(dict(row)) for row in rows]
