"""The measured hop: a service of one listener, with the reads and writes of a small domain. `python -m` runs it."""

from collections.abc import Sequence
from uuid import UUID

from shared.events.complaints import ComplaintFiled
from shared.events.evaluation import EvaluationOpened
from shared.messaging.listens import Listens
from shared.messaging.tx import Cause, Tx, derived_id
from shared.service import Service, main

SCHEMA = """CREATE TABLE tally (employee_id uuid PRIMARY KEY, complaints bigint NOT NULL);
CREATE TABLE evaluation (evaluation_id uuid PRIMARY KEY, complaint_id uuid NOT NULL, employee_id uuid NOT NULL,
    nth bigint NOT NULL)"""
TALLIES = "SELECT employee_id, complaints FROM tally WHERE employee_id = ANY($1::uuid[])"
SAVE_TALLIES = """INSERT INTO tally (employee_id, complaints) SELECT * FROM unnest($1::uuid[], $2::bigint[])
ON CONFLICT (employee_id) DO UPDATE SET complaints = excluded.complaints"""
INSERT_EVALUATIONS = "INSERT INTO evaluation SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[])"

listens = Listens()


@listens.to(ComplaintFiled, locks=lambda event: [("employee", str(event.employee_id))])
async def open_evaluations(tx: Tx, causes: Sequence[Cause[ComplaintFiled]]) -> None:
    """Count each officer's complaints, and open an evaluation for each."""
    officers = sorted({_officer(cause) for cause in causes})
    known = {row["employee_id"]: row["complaints"] for row in await tx.fetch(TALLIES, officers)}
    rows = []
    for cause in causes:
        officer = _officer(cause)
        known[officer] = known.get(officer, 0) + 1
        evaluation_id = derived_id(cause.at, f"evaluation {cause.id}".encode())
        rows.append((evaluation_id, cause.body.complaint_id, officer, known[officer]))
        tx.tell(_opened(cause.body, evaluation_id, officer), cause=cause)
    await tx.execute(SAVE_TALLIES, officers, [known[officer] for officer in officers])
    await tx.execute(INSERT_EVALUATIONS, *map(list, zip(*rows, strict=True)))


def _officer(cause: Cause[ComplaintFiled]) -> UUID:
    assert cause.body.employee_id is not None, "the benchmark names an officer in each"
    return cause.body.employee_id


def _opened(filed: ComplaintFiled, evaluation_id: UUID, officer: UUID) -> EvaluationOpened:
    return EvaluationOpened(
        evaluation_id=evaluation_id,
        complaint_id=filed.complaint_id,
        incident_id=filed.complaint_id,
        employee_id=officer,
        visibility=filed.visibility,
    )


service = Service(name="hop", tells=(EvaluationOpened,), listens=listens)

if __name__ == "__main__":
    main(service)
