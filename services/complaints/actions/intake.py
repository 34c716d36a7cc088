"""Filing on behalf of somebody who came or called: judged and kept like any report, with who took it in."""

from collections.abc import Sequence

from services.complaints.actions import filing
from services.complaints.actions.cases import officer
from services.complaints.model.intake import FilingOnBehalf, Intake
from services.complaints.rules.cases import is_barred
from services.complaints.store import intake as store
from services.complaints.store import people
from shared.errors import Problem
from shared.messaging.tx import Cause, Name, Tx


def names(body: FilingOnBehalf) -> list[Name]:
    """What a report judges. A clerk is no stranger, so that no limit counts it."""
    return filing.names(body.submission)


async def file(tx: Tx, causes: Sequence[Cause[FilingOnBehalf]]) -> None:
    """File for citizens, unless a report is about the clerk, or about somebody whom the clerk leads."""
    judged = await filing.judge(tx, [filing.submission(cause) for cause in causes])
    subjects = {one.cause.order: one.subject for one in judged}
    concerned = await people.employees(tx, {one for one in subjects.values() if one})
    accepted = []
    for one in judged:
        problem = filing.refusal(one.problems)
        if problem is None and is_barred(officer(one.cause.principal), subjects[one.cause.order], concerned):
            problem = _own_case()
        if problem:
            tx.refuse(one.cause, problem)
        else:
            accepted.append(one)
    entered = await filing.enter(tx, accepted)
    bodies = {cause.order: cause.body for cause in causes}
    await store.insert_intakes(
        tx,
        [Intake(complaint.complaint_id, bodies[cause.order].channel, cause.principal) for cause, complaint in entered],
    )
    for cause, complaint in entered:
        tx.answer(cause, filing.filed(complaint), status=201)


def _own_case() -> Problem:
    """Who takes a report in sees who reports: that can't be whom it is about, nor their superior."""
    detail = "It is about you, or about somebody whom you lead: let a colleague take it down."
    return Problem(403, "conflict-of-interest", "You can't take this report in", detail)
