"""What complaints say about officers: whom they evaluate now and why not, what was found, what is one incident."""

from collections.abc import Sequence
from typing import Any

from services.evaluation.actions.judging import Judged, judge
from services.evaluation.actions.policies import scoring
from services.evaluation.actions.reviewing import review, review_later
from services.evaluation.model.words import Changed, Finding, Reported
from services.evaluation.rules import changes
from services.evaluation.rules.triggering import reason_against, stricter
from services.evaluation.store import complaints, evaluations
from shared.clock import WorkingDays
from shared.events.complaints import COMPLAINTS, SERVICES, ComplaintLinked
from shared.messaging.facts import missing
from shared.messaging.tx import Cause, Fact, Tx

Filed = Cause[changes.Filed]


async def evaluate(tx: Tx, causes: Sequence[Filed]) -> None:
    """Evaluate the officers of complaints that trigger now; state why of the others; undo what they leave."""
    causes = await _with_evidence(tx, causes)
    before = await complaints.reported(tx, {cause.body.complaint_id for cause in causes})
    reported = [changes.reported(cause.body, before.get(cause.body.complaint_id)) for cause in causes]
    await _change(tx, [(cause, before.get(now.complaint_id), now) for cause, now in zip(causes, reported, strict=True)])


async def link(tx: Tx, causes: Sequence[Cause[ComplaintLinked]]) -> None:
    """Let complaints that a person linked be one incident. One of another officer only says whom else it concerns."""
    causes = await _with_other(tx, causes)
    named = {one for cause in causes for one in (cause.body.complaint_id, cause.body.to_id)}
    before = await complaints.reported(tx, named)
    linked = [
        (
            cause,
            before[cause.body.complaint_id],
            changes.linked(before[cause.body.complaint_id], before[cause.body.to_id]),
        )
        for cause in causes
        if {cause.body.complaint_id, cause.body.to_id} <= before.keys()
    ]
    await _change(tx, linked)


async def _change(tx: Tx, changed: Sequence[tuple[Cause[Any], Reported | None, Reported]]) -> None:
    """Write complaints as they stand now; review what they left, and evaluate those that trigger only now."""
    calendar, on = WorkingDays(tx.settings.zone), scoring(tx)
    await complaints.record(tx, [now for _, _, now in changed])
    fresh = [(cause, now) for cause, before, now in changed if before is None or _concerns(before) != _concerns(now)]
    reasons = {
        now.complaint_id: reason_against(
            now.trigger, now.part, now.employee_id, on(calendar.local_day(now.filed_at)), verified=now.verified
        )
        for _, now in fresh
    }
    await complaints.state_reasons(tx, reasons)
    await _leave(tx, changed)
    await _hide(tx, [now for _, before, now in changed if before and before.visibility != now.visibility])
    judged = [
        Judged(cause, now, now.employee_id, now.incident_id)
        for cause, now in fresh
        if now.employee_id and now.incident_id and now.ended is None and reasons[now.complaint_id] is None
    ]
    if judged:
        await judge(tx, judged, calendar)


def _concerns(one: Reported) -> tuple[object, ...]:
    return one.employee_id, one.incident_id, changes.counts(one)


async def _leave(tx: Tx, changed: Sequence[tuple[Cause[Any], Reported | None, Reported]]) -> None:
    """The officer concerned is locked; another one, whose complaint it was, is reviewed under a lock of its own."""
    lefts = [(cause, now, changes.left(before, now)) for cause, before, now in changed]
    own: list[tuple[Cause[Any], Changed]] = []
    others: list[tuple[Cause[Any], Changed]] = []
    for cause, now, one in lefts:
        if one is not None:
            (own if one.employee_id == now.employee_id else others).append((cause, one))
    await review(tx, own)
    await review_later(tx, others)


async def _hide(tx: Tx, changed: Sequence[Reported]) -> None:
    """A verifier may protect a reporter better than was asked for; what was hidden stays hidden."""
    incidents = {one.incident_id: one for one in changed if one.incident_id and one.employee_id}
    pairs = [(incident, one.employee_id) for incident, one in incidents.items() if one.employee_id]
    if pairs:
        standing = await evaluations.standing_of(tx, pairs)
        shown = {one.evaluation_id: stricter(one.visibility, incidents[i].visibility) for i, one in standing.items()}
        await evaluations.hide(tx, shown)


async def find(tx: Tx, causes: Sequence[Cause[changes.Found]]) -> None:
    """Keep what was found of complaints, and judge again what rests on them."""
    found = {cause.body.complaint_id: (cause, *changes.found(cause.body)) for cause in causes}
    changed = await complaints.find(tx, [(one, finding, ending) for one, (_, finding, ending) in found.items()])
    reviewed = []
    for complaint, (employee, incident) in changed.items():
        cause, finding, ending = found[complaint]
        unfounded = finding is Finding.REJECTED or ending is not None
        if employee and incident:
            upheld = finding is Finding.UPHELD
            change = Changed(complaint, employee, incident, ending, unfounded=unfounded, upheld=upheld)
            reviewed.append((cause, change))
    await review(tx, reviewed)


async def _with_evidence(tx: Tx, causes: Sequence[Filed]) -> list[Filed]:
    """Those whose service record was counted. It comes on another topic: the others wait for it."""
    facts = {
        cause.order: Fact(SERVICES.name, str(cause.body.evidence_id)) for cause in causes if cause.body.evidence_id
    }
    absent = await missing(tx, facts.values())
    for cause in causes:
        if facts.get(cause.order) in absent:
            tx.lack(cause, facts[cause.order])
    return [cause for cause in causes if facts.get(cause.order) not in absent]


async def _with_other(tx: Tx, causes: Sequence[Cause[ComplaintLinked]]) -> list[Cause[ComplaintLinked]]:
    """Those whose other complaint has come; it has another key."""
    facts = {cause.order: Fact(COMPLAINTS.name, str(cause.body.to_id)) for cause in causes}
    absent = await missing(tx, facts.values())
    for cause in causes:
        if facts[cause.order] in absent:
            tx.lack(cause, facts[cause.order])
    return [cause for cause in causes if facts[cause.order] not in absent]
