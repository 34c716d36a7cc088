"""What follows where a complaint changes: evaluations that lost their cause are withdrawn, the others judged again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.evaluation.actions.judging import judge_again
from services.evaluation.model.revision import Rested
from services.evaluation.model.words import Changed, Ending
from services.evaluation.rules.reviewing import judged_again, rests_on
from services.evaluation.store import evaluations
from shared.events.evaluation import EvaluationWithdrawn
from shared.messaging.timers import schedule
from shared.messaging.tx import Cause, Tx

REVIEW = "review"


async def review(tx: Tx, changes: Sequence[tuple[Cause[Any], Changed]]) -> None:
    """Each officer's evaluations that rest on the incident of a changed complaint. Not two of one officer in a call."""
    of = {change.employee_id: (cause, change) for cause, change in changes}
    if not of:
        return
    standing: dict[UUID, list[Rested]] = defaultdict(list)
    for one in await evaluations.rested_of(tx, of):
        standing[one.employee_id].append(one)
    lost = [
        one
        for employee, theirs in standing.items()
        for one in theirs
        if one.complaint_id is None and rests_on(one, of[employee][1])
    ]
    await _withdraw(tx, lost, of)
    again = [
        (of[employee][0], one, verb)
        for employee, theirs in standing.items()
        for one, verb in judged_again(of[employee][1], theirs)
    ]
    await judge_again(tx, again)


async def _withdraw(tx: Tx, lost: Sequence[Rested], of: Mapping[UUID, tuple[Cause[Any], Changed]]) -> None:
    if not lost:
        return
    needs = await evaluations.withdraw(tx, [one.evaluation_id for one in lost])
    closed = [(need, of[one.employee_id][0].at) for one in lost for need in needs[one.evaluation_id]]
    if closed:
        await evaluations.close_needs(tx, closed)
    for one in lost:
        cause, change = of[one.employee_id]
        withdrawn = EvaluationWithdrawn(
            evaluation_id=one.evaluation_id,
            employee_id=one.employee_id,
            visibility=one.visibility,
            reason=change.ending or Ending.REASSIGNED,
            withdrawn=tuple(needs[one.evaluation_id]),
        )
        tx.tell(withdrawn, cause=cause)


async def review_later(tx: Tx, changes: Sequence[tuple[Cause[Any], Changed]]) -> None:
    """Review another officer's evaluations at once, but under that officer's lock: a timer that is due already."""
    if changes:
        dues = [(f"{one.complaint_id} {one.incident_id} {one.employee_id}", cause.at) for cause, one in changes]
        await schedule(tx, REVIEW, dues)


async def review_due(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """What was to be reviewed later."""
    for cause in causes:
        complaint, incident, employee = map(UUID, cause.body.split())
        change = Changed(complaint, employee, incident, Ending.REASSIGNED, unfounded=True)
        await review(tx, [(replace(cause, correlation_id=str(complaint)), change)])
