"""The catalogue: versions that were loaded, courses on offer, sessions that recur."""

import json

from services.training.model.catalogue import Catalogue, Course, Routine
from services.training.store import Reads
from shared.messaging.tx import Tx

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
KEEP_ROUTINES = """INSERT INTO routine (code, course, body, version)
SELECT code, course, body, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS new (code, course, body) ORDER BY code
ON CONFLICT (code) DO UPDATE SET course = excluded.course, body = excluded.body, version = excluded.version"""


async def keep_catalogue(tx: Tx, catalogue: Catalogue) -> None:
    """Write a version's courses and what recurs."""
    courses, routines = catalogue.courses, catalogue.routines
    bodies = [course.model_dump_json() for course in courses]
    codes = [course.code for course in courses]
    await tx.execute(KEEP_COURSES, codes, list(range(len(courses))), bodies, catalogue.version)
    await tx.execute(
        KEEP_ROUTINES,
        [routine.code for routine in routines],
        [routine.course for routine in routines],
        [routine.model_dump_json() for routine in routines],
        catalogue.version,
    )


COURSES = """SELECT body FROM course
WHERE version = (SELECT version FROM catalogue ORDER BY loaded_at DESC, version DESC LIMIT 1) ORDER BY place"""


async def courses(reads: Reads) -> list[Course]:
    """The courses of the version loaded last, in the seed's order."""
    return [Course.model_validate(json.loads(row["body"])) for row in await reads.fetch(COURSES)]


COURSE = "SELECT body FROM course WHERE code = $1"


async def course(reads: Reads, code: str) -> Course:
    """A course that there is, also one that is on offer no more: sessions of it may be to come."""
    (row,) = await reads.fetch(COURSE, code)
    return Course.model_validate(json.loads(row["body"]))


ROUTINES = """SELECT body FROM routine
WHERE version = (SELECT version FROM catalogue ORDER BY loaded_at DESC, version DESC LIMIT 1) ORDER BY code"""


async def routines(reads: Reads) -> list[Routine]:
    """What recurs by the version loaded last."""
    return [Routine.model_validate(json.loads(row["body"])) for row in await reads.fetch(ROUTINES)]
