"""Judging: load the evidence of all, revise each, write all, tell all. Every verb that judges ends here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from services.evaluation.actions.gathering import known_of
from services.evaluation.actions.policies import deciding, scoring, viewing
from services.evaluation.model.evidence import Evidence
from services.evaluation.model.revision import Revision
from services.evaluation.model.words import Found, OpenNeed, Reported, Standing
from services.evaluation.rules.coaching import watched
from services.evaluation.rules.revise import Rules, asked, revise
from services.evaluation.rules.states import Verb, move
from services.evaluation.rules.terms import terms
from services.evaluation.store import complaints, evaluations
from services.evaluation.store.evaluations import Rested
from shared.clock import WorkingDays
from shared.events.evaluation import CoachingOffered, Outcome
from shared.messaging.timers import schedule
from shared.messaging.tx import Cause, Tx

SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Judged:
    """A complaint that is evaluated now: why, whom and about which incident.

    `rested`: where it is judged again since evidence was corrected, what its last revision rested on.
    """

    cause: Cause[Any]
    complaint: Reported
    employee_id: UUID
    incident_id: UUID
    rested: Evidence | None = None
    verb: Verb = Verb.REVISE

    @property
    def at(self) -> datetime:
        """As of when: a correction makes nothing younger."""
        return self.rested.as_of if self.rested else self.cause.at


async def judge_again(tx: Tx, moved: Sequence[tuple[Cause[Any], Rested, Verb]]) -> None:
    """One evaluation of an officer after the other, since each sees which needs the others leave open."""
    calendar = WorkingDays(tx.settings.zone)
    reported = await complaints.reported(tx, {rested.complaint_id for _, rested, _ in moved if rested.complaint_id})
    of_officers: dict[UUID, list[Judged]] = defaultdict(list)
    for cause, rested, verb in moved:
        if rested.complaint_id is not None:
            one = reported[rested.complaint_id]
            of_officers[rested.employee_id].append(
                Judged(cause, one, rested.employee_id, rested.incident_id, rested.evidence, verb)
            )
    for lot in zip_longest(*of_officers.values()):
        await judge(tx, [one for one in lot if one], calendar)


async def judge(tx: Tx, judged: Sequence[Judged], calendar: WorkingDays) -> None:
    """Load the evidence of all, revise each, write all, tell all. A decided result takes in only what was wrong."""
    standing = await evaluations.standing_of(tx, [(one.incident_id, one.employee_id) for one in judged])
    judged = [one for one in judged if _may(standing.get(one.incident_id), one.verb)]
    wanted = [asked(one.employee_id, one.at, standing.get(one.incident_id), calendar) for one in judged]
    founds = await known_of(tx, wanted)
    needs = await evaluations.open_needs_of(tx, founds)
    rules = Rules(scoring(tx), viewing(tx), calendar)
    revised = [
        (one, _revise(one, standing.get(one.incident_id), founds[one.employee_id], needs[one.employee_id], rules))
        for one in judged
    ]
    revised = [(one, revision) for one, revision in revised if revision.evidence != one.rested]
    await _write(tx, revised)
    await _await_silence(tx, revised, calendar)
    for one, revision in revised:
        _tell(tx, revision, standing.get(one.incident_id), one.cause)


def _may(standing: Standing | None, verb: Verb) -> bool:
    return standing is None or move(standing.status, verb) is not None


def _revise(
    one: Judged, standing: Standing | None, found: Found, needs: Mapping[str, OpenNeed], rules: Rules
) -> Revision:
    """What rested on corrected evidence takes back the needs that it had opened and shows no more."""
    mine = standing.evaluation_id if standing and one.rested else None
    opened = {test: need.need_id for test, need in needs.items() if need.evaluation_id == mine}
    return revise(one.complaint, standing, found, needs, rules=rules, opened=opened, verb=one.verb)


async def _write(tx: Tx, revised: Sequence[tuple[Judged, Revision]]) -> None:
    await evaluations.save(tx, [revision for _, revision in revised])
    withdrawn = [(need, one.cause.at) for one, revision in revised for need in revision.withdrawn]
    if withdrawn:
        await evaluations.close_needs(tx, withdrawn)
    opened = [(revision, need, revision.evidence.as_of) for _, revision in revised for need in revision.needs]
    if opened:
        await evaluations.open_needs(tx, opened)


async def _await_silence(tx: Tx, revised: Sequence[tuple[Judged, Revision]], calendar: WorkingDays) -> None:
    """A result of a category that silence may confirm is looked at when the superior's time is over."""
    dues = []
    for one, revision in revised:
        day = calendar.local_day(revision.visible_from)
        ends = terms(day, one.complaint.category, deciding(tx)(day), calendar).silent_until
        if ends is not None:
            dues.append((f"{revision.evaluation_id} {revision.employee_id}", calendar.end_of(ends)))
    if dues:
        await schedule(tx, SILENCE, dues)


def _tell(tx: Tx, revision: Revision, before: Standing | None, cause: Cause[Any]) -> None:
    if revision.revision == 1:
        tx.tell(revision.opened(), cause=cause)
    tx.tell(revision.completed(), cause=cause)
    if revision.result.outcome is Outcome.WATCH and (before is None or before.outcome is not Outcome.WATCH):
        tx.tell(_offered(tx, revision), cause=cause)


def _offered(tx: Tx, revision: Revision) -> CoachingOffered:
    policy = scoring(tx)(WorkingDays(tx.settings.zone).local_day(revision.evidence.as_of))
    return CoachingOffered(
        evaluation_id=revision.evaluation_id,
        employee_id=revision.employee_id,
        visibility=revision.visibility,
        revision=revision.revision,
        tests=watched(revision.result, policy),
    )
