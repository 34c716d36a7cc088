"""Evidence beside services and complaints: praise, attendance, coach's scores, innovations, learning, met needs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.evaluation.model.records import Attendance, CoachScore, Innovation
from services.evaluation.model.words import COACH, Asked, Attended, Learned, Praised, Proposed, Rating
from shared.events.complaints import PraiseGiven
from shared.events.training import TrainingCompleted
from shared.messaging.tx import Tx

RECORD_PRAISE = """INSERT INTO praise (complaint_id, employee_id, part, day, voice)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::text[]) AS given(complaint_id)
ORDER BY complaint_id ON CONFLICT DO NOTHING"""

RECORD_ATTENDANCE = """INSERT INTO attendance (employee_id, month, absent_on, recorded_by, recorded_at)
SELECT employee_id, month, coalesce(array_agg(day ORDER BY day) FILTER (WHERE day IS NOT NULL), '{}'), by,
    $5::timestamptz
FROM unnest($1::uuid[], $2::date[], $3::text[]) WITH ORDINALITY AS given(employee_id, month, by, n)
LEFT JOIN unnest($4::int[], $6::date[]) AS absent(n, day) USING (n)
GROUP BY employee_id, month, by ORDER BY employee_id, month
ON CONFLICT (employee_id, month) DO UPDATE SET
    absent_on = excluded.absent_on, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at"""

RECORD_SCORES = """INSERT INTO coach_score (employee_id, scored_on, coach, score, recorded_at)
SELECT *, $5::timestamptz
FROM unnest($1::uuid[], $2::date[], $3::text[], $4::int[]) AS given(employee_id, scored_on, coach, score)
ORDER BY employee_id, scored_on, coach
ON CONFLICT (employee_id, scored_on, coach) DO UPDATE SET
    score = excluded.score, recorded_at = excluded.recorded_at"""

RECORD_INNOVATIONS = """INSERT INTO innovation
    (innovation_id, employee_id, proposed_on, title, criteria, recorded_by, recorded_at)
SELECT innovation_id, employee_id, proposed_on, title, array[one, two, three, four, five], by, $11::timestamptz
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[],
    $10::text[]) AS given(innovation_id, employee_id, proposed_on, title, one, two, three, four, five, by)
ORDER BY innovation_id"""

RECORD_LEARNING = """INSERT INTO learning (employee_id, session_id, completed_on, jp)
SELECT DISTINCT ON (employee_id, session_id) *
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::int[]) AS given(employee_id, session_id, completed_on, jp)
ORDER BY employee_id, session_id
ON CONFLICT (employee_id, session_id) DO UPDATE SET completed_on = excluded.completed_on, jp = excluded.jp"""

MEET_NEEDS = """UPDATE need SET closed_at = given.at, met_on = given.met_on
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::timestamptz[]) AS given(need_id, employee_id, met_on, at)
WHERE need.need_id = given.need_id AND need.employee_id = given.employee_id AND need.closed_at IS NULL
RETURNING need.need_id, need.test"""

# One row a record, whatever it is about: one look instead of six.
RECORDS_OF = """WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::date[], $3::date[]) AS asked(employee_id, since, until)
)
SELECT employee_id, 'praise' AS kind, day, part AS name, complaint_id AS id, voice AS who, NULL::int[] AS numbers,
    NULL::date[] AS days
FROM asked JOIN praise USING (employee_id) WHERE day BETWEEN since AND until
UNION ALL
SELECT employee_id, 'attendance', month, NULL, NULL, NULL, NULL, absent_on
FROM asked JOIN attendance USING (employee_id) WHERE month BETWEEN since AND until
UNION ALL
SELECT employee_id, 'coach', scored_on, NULL, NULL, coach, array[score], NULL
FROM asked JOIN coach_score USING (employee_id) WHERE scored_on BETWEEN since AND until
UNION ALL
SELECT employee_id, 'innovation', proposed_on, NULL, NULL, NULL, criteria, NULL
FROM asked JOIN innovation USING (employee_id) WHERE proposed_on BETWEEN since AND until
UNION ALL
SELECT employee_id, 'owes learning', NULL, NULL, NULL, NULL, NULL, NULL
FROM asked JOIN officer USING (employee_id) WHERE status = 'pns'
UNION ALL
SELECT employee_id, 'learning', completed_on, NULL, NULL, NULL, array[jp], NULL
FROM asked JOIN learning USING (employee_id) WHERE completed_on BETWEEN since AND until
UNION ALL
SELECT employee_id, 'met', max(met_on), test, NULL, NULL, NULL, NULL
FROM asked JOIN need USING (employee_id) WHERE met_on <= until GROUP BY employee_id, test"""


@dataclass(slots=True)
class Kept:
    """What is recorded of one officer."""

    praised: list[Praised] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    attended: list[Attended] = field(default_factory=list)
    learned: list[Learned] = field(default_factory=list)
    owes_learning: bool = False
    proposed: list[Proposed] = field(default_factory=list)
    restarts: dict[str, date] = field(default_factory=dict)


async def record_praise(tx: Tx, given: Sequence[PraiseGiven]) -> None:
    """Keep praise."""
    await tx.execute(
        RECORD_PRAISE,
        [one.complaint_id for one in given],
        [one.employee_id for one in given],
        [one.part for one in given],
        [one.day for one in given],
        [one.reporter_ref for one in given],
    )


async def record_attendance(tx: Tx, given: Sequence[tuple[str, Attendance]]) -> None:
    """Keep months, each with who recorded it; one that is known is replaced."""
    absences = [(n, day) for n, (_, one) in enumerate(given, start=1) for day in one.absent_on]
    await tx.execute(
        RECORD_ATTENDANCE,
        [one.employee_id for _, one in given],
        [one.first_day for _, one in given],
        [by for by, _ in given],
        [n for n, _ in absences],
        tx.now,
        [day for _, day in absences],
    )


async def record_scores(tx: Tx, given: Sequence[tuple[str, CoachScore]]) -> None:
    """Keep scores, each with its coach."""
    await tx.execute(
        RECORD_SCORES,
        [one.employee_id for _, one in given],
        [one.scored_on for _, one in given],
        [coach for coach, _ in given],
        [one.score for _, one in given],
        tx.now,
    )


async def record_innovations(tx: Tx, given: Sequence[tuple[UUID, str, Innovation]]) -> None:
    """Keep innovations under their ids, each with who judged it."""
    criteria = [one.criteria.points for _, _, one in given]
    await tx.execute(
        RECORD_INNOVATIONS,
        [innovation for innovation, _, _ in given],
        [one.employee_id for _, _, one in given],
        [one.proposed_on for _, _, one in given],
        [one.title for _, _, one in given],
        *([points[n] for points in criteria] for n in range(5)),
        [by for _, by, _ in given],
        tx.now,
    )


async def record_learning(tx: Tx, told: Sequence[TrainingCompleted]) -> None:
    """Keep learning hours, once an employee and session."""
    await tx.execute(
        RECORD_LEARNING,
        [one.employee_id for one in told],
        [one.session_id for one in told],
        [one.completed_on for one in told],
        [one.jp for one in told],
    )


async def meet_needs(tx: Tx, met: Sequence[tuple[UUID, UUID, date, datetime]]) -> dict[UUID, str]:
    """Close needs (need, employee, last day of its course, moment); gives the tests of those that were open."""
    columns = [[row[n] for row in met] for n in range(4)]
    return {row["need_id"]: row["test"] for row in await tx.fetch(MEET_NEEDS, *columns)}


async def records_of(tx: Tx, asked: Sequence[Asked]) -> dict[UUID, Kept]:
    """What is recorded of each officer in the days asked for, and until when its needs were met."""
    found: dict[UUID, Kept] = defaultdict(Kept)
    rows = await tx.fetch(
        RECORDS_OF, [one.employee_id for one in asked], [one.since for one in asked], [one.until for one in asked]
    )
    for employee, kind, day, name, id_, who, numbers, days in rows:
        kept = found[employee]
        if kind == "praise":
            kept.praised.append(Praised(id_, name, day, who))
        elif kind == "attendance":
            kept.attended.append(Attended(day, tuple(days)))
        elif kind == "coach":
            kept.ratings.append(Rating(COACH, day, who, numbers[0]))
        elif kind == "innovation":
            kept.proposed.append(Proposed(day, tuple(numbers)))
        elif kind == "owes learning":
            kept.owes_learning = True
        elif kind == "learning":
            kept.learned.append(Learned(day, numbers[0]))
        else:
            kept.restarts[name] = day
    return {one.employee_id: found[one.employee_id] for one in asked}
