"""Enrolments as they are kept, and as people see them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.training.model.enrolments import Enrolment, Kept, Need, State
from services.training.store import Reads
from shared.events.complaints import Visibility
from shared.messaging.tx import Tx

KEPT = """SELECT enrolment_id, enrolment.employee_id, need_id, test, part, evaluation_id, visibility, state, since,
    enrolled_at, visible_from, enrolment.course, session_id, starts_at, misses, reason, completed_on, jp, score
FROM enrolment LEFT JOIN session USING (session_id)"""
LINE = KEPT + " WHERE state = 'waitlisted' ORDER BY since, enrolment_id"
OF_NEEDS = KEPT + " WHERE evaluation_id = $1 OR need_id = ANY($2::uuid[]) ORDER BY since, enrolment_id"
COVERED = (
    KEPT
    + """ JOIN unnest($1::uuid[], $2::text[]) AS w (employee_id, weakness)
    ON enrolment.employee_id = w.employee_id AND test = w.weakness
WHERE state = 'covered' ORDER BY since, enrolment_id"""
)
OF_SESSION = KEPT + " WHERE session_id = $1 ORDER BY since, enrolment_id"
ONE = KEPT + " WHERE enrolment_id = $1"


async def line(tx: Tx) -> list[Kept]:
    """All that wait for a seat, first come first."""
    return [_kept(row) for row in await tx.fetch(LINE)]


async def of_needs(tx: Tx, evaluation_id: UUID, needs: Iterable[UUID]) -> list[Kept]:
    """Whatever became of an evaluation's needs, and of the needs named."""
    return [_kept(row) for row in await tx.fetch(OF_NEEDS, evaluation_id, sorted(needs))]


async def covered(tx: Tx, weaknesses: Collection[tuple[UUID, str]]) -> list[Kept]:
    """What other enrolments for these weaknesses cover, oldest first."""
    of = sorted(weaknesses)
    if not of:
        return []
    return [_kept(row) for row in await tx.fetch(COVERED, [who for who, _ in of], [test for _, test in of])]


async def of_session(tx: Tx, session_id: UUID) -> list[Kept]:
    """All that have or had their seat there, until it was given back."""
    return [_kept(row) for row in await tx.fetch(OF_SESSION, session_id)]


async def one(tx: Tx, enrolment_id: UUID) -> Kept | None:
    """One of them."""
    rows = await tx.fetch(ONE, enrolment_id)
    return _kept(rows[0]) if rows else None


def _kept(row: Record) -> Kept:
    found = dict(row)
    need_id, test, part = found.pop("need_id"), found.pop("test"), found.pop("part")
    found["need"] = Need(need_id, found["employee_id"], test, part) if need_id else None
    found["state"], found["visibility"] = State(found["state"]), Visibility(found["visibility"])
    return Kept(**found)


OPEN_NEEDS = """SELECT employee_id, test FROM enrolment
WHERE employee_id = ANY($1::uuid[]) AND state IN ('enrolled', 'waitlisted') AND need_id IS NOT NULL
    AND enrolment_id <> ALL($2::uuid[])"""


async def open_needs(tx: Tx, employees: Iterable[UUID], but: Iterable[UUID]) -> set[tuple[UUID, str]]:
    """The (employee, test) pairs that are enrolled or wait, beside the enrolments named."""
    rows = await tx.fetch(OPEN_NEEDS, sorted(set(employees)), sorted(but))
    return {(row["employee_id"], row["test"]) for row in rows}


SAVE = """INSERT INTO enrolment (enrolment_id, employee_id, need_id, test, part, evaluation_id, visibility, state,
    since, enrolled_at, visible_from, course, session_id, misses, reason, completed_on, jp, score)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[],
    $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::uuid[], $14::int[], $15::text[],
    $16::date[], $17::int[], $18::int[])
ON CONFLICT (enrolment_id) DO UPDATE SET state = excluded.state, since = excluded.since, course = excluded.course,
    session_id = excluded.session_id, misses = excluded.misses, reason = excluded.reason,
    completed_on = excluded.completed_on, jp = excluded.jp, score = excluded.score"""


async def save(tx: Tx, kept: Sequence[Kept]) -> None:
    """Write enrolments, new ones and those that changed."""
    if not kept:
        return
    needs = [one.need for one in kept]
    await tx.execute(
        SAVE,
        [one.enrolment_id for one in kept],
        [one.employee_id for one in kept],
        [need and need.need_id for need in needs],
        [need and need.test for need in needs],
        [need and need.part for need in needs],
        [one.evaluation_id for one in kept],
        [one.visibility.value for one in kept],
        [one.state.value for one in kept],
        [one.since for one in kept],
        [one.enrolled_at for one in kept],
        [one.visible_from for one in kept],
        [one.course for one in kept],
        [one.session_id for one in kept],
        [one.misses for one in kept],
        [one.reason for one in kept],
        [one.completed_on for one in kept],
        [one.jp for one in kept],
        [one.score for one in kept],
    )


SHOWN = """SELECT enrolment_id, need_id, evaluation_id, e.employee_id, test, part, state, e.course, e.session_id,
    starts_at, enrolled_at, completed_on, jp, score,
    CASE WHEN state <> 'waitlisted' THEN reason
        WHEN e.course IS NULL THEN 'no course treats it'
        WHEN EXISTS (SELECT FROM session o WHERE o.course = e.course AND o.starts_at > now() AND o.cancelled_at IS NULL)
            THEN 'all seats are taken'
        ELSE 'no session is scheduled' END AS reason,
    CASE WHEN state = 'waitlisted' AND e.course IS NOT NULL THEN (
        SELECT 1 + count(*) FROM enrolment o WHERE o.state = 'waitlisted' AND o.course = e.course
            AND (o.since, o.enrolment_id) < (e.since, e.enrolment_id)) END AS in_line
FROM enrolment e LEFT JOIN session s USING (session_id)"""
ENROLMENT = SHOWN + " WHERE enrolment_id = $1 AND ($2 OR visible_from <= now())"
ENROLMENTS = (
    SHOWN
    + """ WHERE e.employee_id = $1 AND ($2 OR visible_from <= now()) AND ($3::text IS NULL OR state = $3)
    AND ($4::timestamptz IS NULL OR (enrolled_at, enrolment_id) > ($4, $5::uuid))
ORDER BY enrolled_at, enrolment_id LIMIT $6"""
)
ALL_ENROLMENTS = (
    SHOWN
    + """ WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR e.course = $2)
    AND ($3::uuid IS NULL OR e.session_id = $3)
    AND ($4::timestamptz IS NULL OR (enrolled_at, enrolment_id) > ($4, $5::uuid))
ORDER BY enrolled_at, enrolment_id LIMIT $6"""
)
After = tuple[datetime | None, UUID | None]


async def enrolment(reads: Reads, enrolment_id: UUID, *, hidden: bool) -> Enrolment | None:
    """An enrolment; `hidden` also before the employee may see it."""
    rows = await reads.fetch(ENROLMENT, enrolment_id, hidden)
    return Enrolment.model_validate(dict(rows[0])) if rows else None


async def enrolments(
    reads: Reads,
    employee_id: UUID,
    *,
    hidden: bool,
    state: State | None = None,
    after: After = (None, None),
    limit: int = 200,
) -> list[Enrolment]:
    """An employee's enrolments, oldest first; `hidden` also those that the employee may not see yet."""
    rows = await reads.fetch(ENROLMENTS, employee_id, hidden, state, *after, limit)
    return [Enrolment.model_validate(dict(row)) for row in rows]


async def everybody(
    reads: Reads,
    state: State | None = None,
    course: str | None = None,
    session_id: UUID | None = None,
    after: After = (None, None),
    limit: int = 200,
) -> list[Enrolment]:
    """Everybody's enrolments, oldest first: in a state, for a course, with a seat in a session."""
    rows = await reads.fetch(ALL_ENROLMENTS, state, course, session_id, *after, limit)
    return [Enrolment.model_validate(dict(row)) for row in rows]


PARTICIPANTS = """SELECT employee_id, min(state) AS state FROM enrolment
WHERE session_id = $1 AND ($2::uuid IS NULL OR employee_id > $2) GROUP BY employee_id ORDER BY employee_id LIMIT $3"""


async def participants(reads: Reads, session_id: UUID, after: UUID | None, limit: int) -> list[Record]:
    """Who has a seat in a session, or had it at its start."""
    return await reads.fetch(PARTICIPANTS, session_id, after, limit)
