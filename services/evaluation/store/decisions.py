"""What is decided about evaluations: the case as it stands, replies, decisions, objections."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from asyncpg import Record

from services.evaluation.model.decisions import Case, Decision, Objection, Settled
from services.evaluation.model.result import Result
from services.evaluation.store.objections import OBJECTED, keep_statements, objection_of, stating
from services.evaluation.store.views import Reads
from shared.events.complaints import Visibility
from shared.events.evaluation import Need, Outcome, Status
from shared.messaging.tx import Tx

CASES = f"""SELECT evaluation.evaluation_id, evaluation.employee_id, evaluation.visibility, evaluation.status,
    evaluation.revision, latest.as_of, latest.visible_from, latest.complaint_id, complaint.category, latest.result,
    EXISTS (SELECT 1 FROM reply
        WHERE (reply.evaluation_id, reply.revision) = (evaluation.evaluation_id, evaluation.revision)) AS replied,
    decided.decided_at, decided.decided_by, decided.outcome AS decided_outcome, decided.objection_until,
    {OBJECTED}
FROM evaluation JOIN evaluation_revision AS latest USING (evaluation_id, revision)
JOIN complaint ON complaint.complaint_id = latest.complaint_id
LEFT JOIN LATERAL (
    SELECT * FROM decision WHERE decision.evaluation_id = evaluation.evaluation_id
    ORDER BY decision.revision DESC LIMIT 1) AS decided ON true
LEFT JOIN LATERAL (
    SELECT * FROM objection WHERE objection.evaluation_id = evaluation.evaluation_id
    ORDER BY objection.revision DESC LIMIT 1) AS objected ON true"""  # noqa: S608

CASES_OF = f"{CASES} WHERE evaluation.evaluation_id = ANY($1::uuid[])"

WAITING_CASES = f"""{CASES} WHERE evaluation.employee_id = ANY($1::uuid[])
    AND evaluation.status IN ('provisional', 'suspended') AND latest.visible_from <= $2"""

NEEDS_OF = """SELECT evaluation_id, need_id, test, part, dimension FROM need
WHERE evaluation_id = ANY($1::uuid[]) AND closed_at IS NULL ORDER BY test"""

REPLY = """INSERT INTO reply (reply_id, evaluation_id, revision, replied_at, words)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::text[])"""

MOVE = """UPDATE evaluation SET status = given.status
FROM unnest($1::uuid[], $2::text[]) AS given(evaluation_id, status)
WHERE evaluation.evaluation_id = given.evaluation_id"""

DECIDE = """INSERT INTO decision (evaluation_id, revision, decided_at, decided_by, adjusted, outcome, needs, reasons,
    objection_until)
SELECT evaluation_id, revision, decided_at, decided_by, adjusted, outcome, string_to_array(needs, ' '), reasons, until
FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::uuid[], $5::boolean[], $6::text[], $7::text[], $8::text[],
    $9::date[]) AS given(evaluation_id, revision, decided_at, decided_by, adjusted, outcome, needs, reasons, until)"""

OBJECT = """INSERT INTO objection (objection_id, evaluation_id, revision, filed_at, reasons, statement_until, due_on)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::text[], $6::date[], $7::date[])"""

STATE = stating("objection")

DECIDE_OBJECTION = """UPDATE objection SET upheld = given.upheld, decided_by = given.decided_by,
    decided_at = given.decided_at, outcome = given.outcome, needs = string_to_array(given.needs, ' '),
    answer = given.answer
FROM unnest($1::uuid[], $2::boolean[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[])
    AS given(objection_id, upheld, decided_by, decided_at, outcome, needs, answer)
WHERE objection.objection_id = given.objection_id"""


async def cases_of(reads: Reads, evaluations: Iterable[UUID]) -> dict[UUID, Case]:
    """Evaluations as they are decided about, by id; what was withdrawn is among them."""
    return await _cases(reads, await reads.fetch(CASES_OF, list(evaluations)))


async def waiting_of(reads: Reads, employees: Iterable[UUID], now: datetime) -> dict[UUID, Case]:
    """The evaluations of employees that show by now and wait for a person."""
    return await _cases(reads, await reads.fetch(WAITING_CASES, list(employees), now))


async def _cases(reads: Reads, rows: Sequence[Record]) -> dict[UUID, Case]:
    needs: dict[UUID, list[Need]] = defaultdict(list)
    for need in await reads.fetch(NEEDS_OF, [row["evaluation_id"] for row in rows]):
        needs[need["evaluation_id"]].append(Need.model_validate(dict(need)))
    return {row["evaluation_id"]: _case(row, needs[row["evaluation_id"]]) for row in rows}


def _case(row: Record, needs: Sequence[Need]) -> Case:
    return Case(
        evaluation_id=row["evaluation_id"],
        employee_id=row["employee_id"],
        visibility=Visibility(row["visibility"]),
        status=Status(row["status"]),
        revision=row["revision"],
        as_of=row["as_of"],
        visible_from=row["visible_from"],
        complaint_id=row["complaint_id"],
        category=row["category"],
        result=Result.parse(row["result"]),
        needs=needs,
        replied=row["replied"],
        decision=_decision(row) if row["decided_at"] else None,
        objection=objection_of(row) if row["objection_id"] else None,
    )


def _decision(row: Record) -> Decision:
    return Decision(row["decided_by"], Outcome(row["decided_outcome"]), row["objection_until"])


async def reply(tx: Tx, replies: Sequence[tuple[UUID, UUID, int, str]]) -> None:
    """Keep officers' words about revisions of evaluations, each under an id of its own."""
    await tx.execute(
        REPLY,
        [one for one, *_ in replies],
        [evaluation for _, evaluation, _, _ in replies],
        [revision for _, _, revision, _ in replies],
        [tx.now] * len(replies),
        [words for *_, words in replies],
    )


async def move(tx: Tx, statuses: Mapping[UUID, Status]) -> None:
    """Set the status of evaluations."""
    await tx.execute(MOVE, list(statuses), list(statuses.values()))


async def decide(tx: Tx, decided: Sequence[tuple[Case, Settled, UUID | None, str | None, date]]) -> None:
    """Keep decisions: of whom, with which reasons, and until when one may object."""
    await tx.execute(
        DECIDE,
        [case.evaluation_id for case, *_ in decided],
        [case.revision for case, *_ in decided],
        [tx.now] * len(decided),
        [by for _, _, by, _, _ in decided],
        [settled.adjusted for _, settled, *_ in decided],
        [settled.outcome for _, settled, *_ in decided],
        [_tests(settled) for _, settled, *_ in decided],
        [reasons for _, _, _, reasons, _ in decided],
        [until for *_, until in decided],
    )


def _tests(settled: Settled) -> str:
    return " ".join(need.test for need in settled.needs)


async def object_to(tx: Tx, objections: Sequence[tuple[Case, Objection]]) -> None:
    """Keep objections, each with its terms."""
    await tx.execute(
        OBJECT,
        [one.objection_id for _, one in objections],
        [case.evaluation_id for case, _ in objections],
        [case.revision for case, _ in objections],
        [one.filed_at for _, one in objections],
        [one.reasons for _, one in objections],
        [one.statement_until for _, one in objections],
        [one.due_on for _, one in objections],
    )


async def state(tx: Tx, statements: Sequence[tuple[UUID, str, UUID]]) -> None:
    """Keep what assessors say about objections, and who said it."""
    await keep_statements(tx, STATE, statements)


async def decide_objections(tx: Tx, decided: Sequence[tuple[UUID, bool, UUID, Settled, str]]) -> None:
    """Keep how objections were decided, by whom, what counts now, and why."""
    await tx.execute(
        DECIDE_OBJECTION,
        [one for one, *_ in decided],
        [upheld for _, upheld, *_ in decided],
        [by for _, _, by, _, _ in decided],
        [tx.now] * len(decided),
        [settled.outcome for *_, settled, _ in decided],
        [_tests(settled) for *_, settled, _ in decided],
        [answer for *_, answer in decided],
    )
