"""What is decided about the predicates of periods: the case as it stands, decisions, objections."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from asyncpg import Record

from services.evaluation.model.decisions import Objection
from services.evaluation.model.periods import PeriodCase, PredicateDecision
from services.evaluation.store.objections import OBJECTED, keep_statements, objection_of, stating
from services.evaluation.store.views import Reads
from shared.events.evaluation import Predicate, Status
from shared.messaging.tx import Tx

CASES = f"""SELECT assessment_id, period, employee_id, assessed_at, status, proposal->>'proposed' AS proposed,
    decided.decided_by, decided.predicate, decided.objection_until,
    {OBJECTED}
FROM assessment LEFT JOIN predicate_decision AS decided USING (assessment_id)
LEFT JOIN predicate_objection AS objected USING (assessment_id)"""  # noqa: S608

CASES_OF = f"{CASES} WHERE assessment_id = ANY($1::uuid[])"

WAITING_CASES = f"""{CASES} WHERE employee_id = ANY($1::uuid[]) AND status IN ('provisional', 'suspended')"""

MOVE = """UPDATE assessment SET status = given.status
FROM unnest($1::uuid[], $2::text[]) AS given(assessment_id, status)
WHERE assessment.assessment_id = given.assessment_id"""

DECIDE = """INSERT INTO predicate_decision (assessment_id, decided_at, decided_by, adjusted, predicate, reasons,
    objection_until)
SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::boolean[], $5::text[], $6::text[], $7::date[])"""

OBJECT = """INSERT INTO predicate_objection (objection_id, assessment_id, filed_at, reasons, statement_until, due_on)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::date[], $6::date[])"""

STATE = stating("predicate_objection")

DECIDE_OBJECTION = """UPDATE predicate_objection AS one SET upheld = given.upheld, decided_by = given.decided_by,
    decided_at = given.decided_at, predicate = given.predicate, answer = given.answer
FROM unnest($1::uuid[], $2::boolean[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[])
    AS given(objection_id, upheld, decided_by, decided_at, predicate, answer)
WHERE one.objection_id = given.objection_id"""


async def cases_of(reads: Reads, assessments: Iterable[UUID]) -> dict[UUID, PeriodCase]:
    """Assessments as they are decided about, by id."""
    return _cases(await reads.fetch(CASES_OF, list(assessments)))


async def waiting_of(reads: Reads, employees: Iterable[UUID]) -> dict[UUID, PeriodCase]:
    """The assessments of employees that wait for a person."""
    return _cases(await reads.fetch(WAITING_CASES, list(employees)))


def _cases(rows: Sequence[Record]) -> dict[UUID, PeriodCase]:
    return {row["assessment_id"]: _case(row) for row in rows}


def _case(row: Record) -> PeriodCase:
    decided = row["predicate"] is not None
    return PeriodCase(
        assessment_id=row["assessment_id"],
        period=row["period"],
        employee_id=row["employee_id"],
        assessed_at=row["assessed_at"],
        status=Status(row["status"]),
        proposed=Predicate(row["proposed"]) if row["proposed"] else None,
        decision=_decision(row) if decided else None,
        objection=objection_of(row) if row["objection_id"] else None,
    )


def _decision(row: Record) -> PredicateDecision:
    return PredicateDecision(row["decided_by"], Predicate(row["predicate"]), row["objection_until"])


async def move(tx: Tx, statuses: Mapping[UUID, Status]) -> None:
    """Set the status of assessments."""
    await tx.execute(MOVE, list(statuses), list(statuses.values()))


async def decide(
    tx: Tx, decided: Sequence[tuple[PeriodCase, Predicate, UUID | None, str | None]], objection_until: date
) -> None:
    """Keep which predicates count, of whom, with which reasons, and until when one may object."""
    await tx.execute(
        DECIDE,
        [case.assessment_id for case, *_ in decided],
        [tx.now] * len(decided),
        [by for _, _, by, _ in decided],
        [predicate is not case.proposed for case, predicate, _, _ in decided],
        [predicate for _, predicate, _, _ in decided],
        [reasons for *_, reasons in decided],
        [objection_until] * len(decided),
    )


async def object_to(tx: Tx, objections: Sequence[tuple[PeriodCase, Objection]]) -> None:
    """Keep objections, each with its terms."""
    await tx.execute(
        OBJECT,
        [one.objection_id for _, one in objections],
        [case.assessment_id for case, _ in objections],
        [one.filed_at for _, one in objections],
        [one.reasons for _, one in objections],
        [one.statement_until for _, one in objections],
        [one.due_on for _, one in objections],
    )


async def state(tx: Tx, statements: Sequence[tuple[UUID, str, UUID]]) -> None:
    """Keep what assessors say about objections, and who said it."""
    await keep_statements(tx, STATE, statements)


async def decide_objections(tx: Tx, decided: Sequence[tuple[UUID, bool, UUID, Predicate, str]]) -> None:
    """Keep how objections were decided, by whom, which predicate counts now, and why."""
    await tx.execute(
        DECIDE_OBJECTION,
        [one for one, *_ in decided],
        [upheld for _, upheld, *_ in decided],
        [by for _, _, by, _, _ in decided],
        [tx.now] * len(decided),
        [predicate for *_, predicate, _ in decided],
        [answer for *_, answer in decided],
    )
