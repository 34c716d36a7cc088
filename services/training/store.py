"""All SQL of the training service."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from asyncpg import Record

from services.training.model import Catalogue, Course, Enrolment, Placed, Seats, Session
from shared.messaging.tx import Tx


class Reads(Protocol):
    """Whatever can read: a batch's transaction, a reader of the API, a pool."""

    async def fetch(self, sql: str, *arguments: Any) -> list[Record]: ...


CLAIM_CATALOGUE = """INSERT INTO catalogue (version, checksum, loaded_at) VALUES ($1, $2, $3)
ON CONFLICT (version) DO NOTHING RETURNING version"""


async def claim_catalogue(tx: Tx, version: str, checksum: str) -> bool:
    """Whether this transaction is the one that loads the version; another that tries waits for its end."""
    return bool(await tx.fetch(CLAIM_CATALOGUE, version, checksum, tx.now))


CHECKSUM = "SELECT checksum FROM catalogue WHERE version = $1"


async def checksum(reads: Reads, version: str) -> str | None:
    """The checksum under which a version was loaded."""
    rows = await reads.fetch(CHECKSUM, version)
    return rows[0]["checksum"] if rows else None


KEEP_COURSES = """INSERT INTO course (code, place, body, version)
SELECT code, place, body, $4 FROM unnest($1::text[], $2::int[], $3::text[]) AS new (code, place, body) ORDER BY code
ON CONFLICT (code) DO UPDATE SET place = excluded.place, body = excluded.body, version = excluded.version"""
# A session is not moved by a later version: people hold seats in it.
KEEP_SESSIONS = """INSERT INTO session (session_id, code, course, starts_at, place, seats)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::int[])
ON CONFLICT DO NOTHING"""


async def keep_catalogue(tx: Tx, catalogue: Catalogue, placed: Mapping[str, tuple[UUID, datetime]]) -> None:
    """Write a version's courses and sessions; `placed` gives each session's id and start by its code."""
    courses, sessions = catalogue.courses, catalogue.sessions
    bodies = [course.model_dump_json() for course in courses]
    codes = [course.code for course in courses]
    await tx.execute(KEEP_COURSES, codes, list(range(len(courses))), bodies, catalogue.version)
    await tx.execute(
        KEEP_SESSIONS,
        [placed[session.code][0] for session in sessions],
        [session.code for session in sessions],
        [session.course for session in sessions],
        [placed[session.code][1] for session in sessions],
        [session.place for session in sessions],
        [session.seats for session in sessions],
    )


COURSES = """SELECT body FROM course
WHERE version = (SELECT version FROM catalogue ORDER BY loaded_at DESC, version DESC LIMIT 1) ORDER BY place"""


async def courses(reads: Reads) -> list[Course]:
    """The courses of the version loaded last, in the seed's order."""
    return [Course.model_validate(json.loads(row["body"])) for row in await reads.fetch(COURSES)]


SEATS = """SELECT session_id, course, starts_at, seats,
    array(SELECT DISTINCT employee_id FROM enrolment WHERE enrolment.session_id = session.session_id) AS holders
FROM session WHERE starts_at > $1 ORDER BY starts_at, session_id"""


async def seats(tx: Tx) -> list[Seats]:
    """All future sessions with those who hold a seat. Right only under the lock of the catalogue's seats."""
    return [
        Seats(row["session_id"], row["course"], row["starts_at"], row["seats"], frozenset(row["holders"]))
        for row in await tx.fetch(SEATS, tx.now)
    ]


OPEN_NEEDS = """SELECT employee_id, test FROM enrolment
WHERE employee_id = ANY($1::uuid[]) AND state IN ('enrolled', 'waitlisted')"""


async def open_needs(tx: Tx, employees: Iterable[UUID]) -> set[tuple[UUID, str]]:
    """The (employee, test) pairs that are enrolled or wait."""
    return {(row["employee_id"], row["test"]) for row in await tx.fetch(OPEN_NEEDS, sorted(employees))}


KNOWN_NEEDS = "SELECT need_id FROM enrolment WHERE need_id = ANY($1::uuid[])"


async def known_needs(tx: Tx, needs: Iterable[UUID]) -> set[UUID]:
    """Those of the needs that were placed before."""
    return {row["need_id"] for row in await tx.fetch(KNOWN_NEEDS, sorted(needs))}


INSERT_ENROLMENTS = """INSERT INTO enrolment (enrolment_id, need_id, evaluation_id, employee_id, test, part, state,
    course, session_id, enrolled_at, visible_from)
SELECT n.enrolment_id, n.need_id, n.evaluation_id, n.employee_id, n.test, n.part, n.state, n.course, n.session_id,
    $10, n.visible_from
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[],
    $11::timestamptz[])
AS n (enrolment_id, need_id, evaluation_id, employee_id, test, part, state, course, session_id, visible_from)"""

NewEnrolment = tuple[UUID, UUID, Placed, datetime]
"""An enrolment's id, its evaluation, the decision, and from when the employee sees it."""


async def insert_enrolments(tx: Tx, new: Sequence[NewEnrolment]) -> None:
    """Write what became of the needs."""
    placed = [decision for _, _, decision, _ in new]
    await tx.execute(
        INSERT_ENROLMENTS,
        [enrolment_id for enrolment_id, _, _, _ in new],
        [decision.need.need_id for decision in placed],
        [evaluation_id for _, evaluation_id, _, _ in new],
        [decision.need.employee_id for decision in placed],
        [decision.need.test for decision in placed],
        [decision.need.part for decision in placed],
        [decision.state.value for decision in placed],
        [decision.course for decision in placed],
        [decision.session.session_id if decision.session else None for decision in placed],
        tx.now,
        [visible_from for _, _, _, visible_from in new],
    )


SESSIONS = """SELECT session_id, code, course, starts_at, place, seats, seats - (
    SELECT count(DISTINCT employee_id) FROM enrolment WHERE enrolment.session_id = session.session_id) AS free
FROM session WHERE starts_at > now() ORDER BY starts_at, session_id"""


async def sessions(reads: Reads) -> list[Session]:
    """The sessions to come."""
    return [Session.model_validate(dict(row)) for row in await reads.fetch(SESSIONS)]


ENROLMENT = """SELECT enrolment_id, need_id, evaluation_id, employee_id, test, part, state, enrolment.course,
    enrolment.session_id, starts_at, enrolled_at FROM enrolment LEFT JOIN session USING (session_id)
WHERE enrolment_id = $1 AND ($2 OR visible_from <= now())"""
ENROLMENTS = """SELECT enrolment_id, need_id, evaluation_id, employee_id, test, part, state, enrolment.course,
    enrolment.session_id, starts_at, enrolled_at FROM enrolment LEFT JOIN session USING (session_id)
WHERE employee_id = $1 AND ($2 OR visible_from <= now()) ORDER BY enrolled_at, enrolment_id"""


async def enrolment(reads: Reads, enrolment_id: UUID, *, hidden: bool) -> Enrolment | None:
    """An enrolment; `hidden` also before the employee may see it."""
    rows = await reads.fetch(ENROLMENT, enrolment_id, hidden)
    return Enrolment.model_validate(dict(rows[0])) if rows else None


async def enrolments(reads: Reads, employee_id: UUID, *, hidden: bool) -> list[Enrolment]:
    """An employee's enrolments, oldest first; `hidden` also those that the employee may not see yet."""
    return [Enrolment.model_validate(dict(row)) for row in await reads.fetch(ENROLMENTS, employee_id, hidden)]
