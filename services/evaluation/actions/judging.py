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
from services.evaluation.model.revision import Rested, Revision
from services.evaluation.model.words import Found, OpenNeed, Reported, Standing
from services.evaluation.rules.coaching import offers
from services.evaluation.rules.revise import Rules, asked, revise
from services.evaluation.rules.states import Verb, move
from services.evaluation.rules.telling import differs, news
from services.evaluation.rules.terms import terms
from services.evaluation.store import coaching, complaints, evaluations
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


@dataclass(frozen=True, slots=True)
class Revised:
    """What came of it: the revision, how it stood before, and the balance tests for which it offers coaching."""

    judged: Judged
    revision: Revision
    before: Standing | None
    coached: tuple[str, ...]


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
    revised: list[Revised] = []
    for lot in zip_longest(*of_officers.values()):
        revised += await _revise_all(tx, [one for one in lot if one], calendar)
    _tell(tx, revised)


async def judge(tx: Tx, judged: Sequence[Judged], calendar: WorkingDays) -> None:
    """Load the evidence of all, revise each, write all, tell all. A decided result takes in only what was wrong."""
    _tell(tx, await _revise_all(tx, judged, calendar))


async def _revise_all(tx: Tx, judged: Sequence[Judged], calendar: WorkingDays) -> list[Revised]:
    standing = await evaluations.standing_of(tx, [(one.incident_id, one.employee_id) for one in judged])
    judged = [one for one in judged if _may(standing.get(one.incident_id), one.verb)]
    wanted = [asked(one.employee_id, one.at, standing.get(one.incident_id), calendar) for one in judged]
    founds = await known_of(tx, wanted)
    needs = await evaluations.open_needs_of(tx, founds)
    rules = Rules(scoring(tx), viewing(tx), calendar)
    revisions = [
        (one, _revise(one, standing.get(one.incident_id), founds[one.employee_id], needs[one.employee_id], rules))
        for one in judged
    ]
    revisions = [(one, revision) for one, revision in revisions if revision.evidence != one.rested]
    await _write(tx, revisions)
    await _await_silence(tx, revisions, calendar)
    coached = await _offer(tx, [revision for _, revision in revisions], founds, rules)
    return [
        Revised(one, revision, standing.get(one.incident_id), coached.get(revision.evaluation_id, ()))
        for one, revision in revisions
    ]


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


async def _offer(
    tx: Tx, revisions: Sequence[Revision], founds: Mapping[UUID, Found], rules: Rules
) -> dict[UUID, tuple[str, ...]]:
    """Keep which of the evaluations offers coaching, and for what; what was offered already is not offered again."""
    watching = [one for one in revisions if one.result.outcome is Outcome.WATCH]
    if not watching:
        return {}
    offered = await coaching.offered_of(tx, {one.employee_id for one in watching})
    days = {one.evaluation_id: rules.calendar.local_day(one.evidence.as_of) for one in watching}
    found = {
        one.evaluation_id: offers(
            one.result,
            rules.scoring(days[one.evaluation_id]),
            days[one.evaluation_id],
            offered=offered[one.employee_id],
            restarts=founds[one.employee_id].restarts,
        )
        for one in watching
    }
    rows = [
        (one.employee_id, test, days[one.evaluation_id], one.evaluation_id)
        for one in watching
        for test in found[one.evaluation_id]
    ]
    if rows:
        await coaching.offer(tx, rows)
    return found


def _tell(tx: Tx, revised: Sequence[Revised]) -> None:
    """A joining complaint is always told; what was judged again only where it differs; a letter goes out once a change.

    (That a complaint was examined is said of each; that records or findings moved nothing is no fact.)
    """
    said = news([(one.judged.cause.id, one.revision, one.before) for one in revised])
    for one, is_news in zip(revised, said, strict=True):
        revision, cause = one.revision, one.judged.cause
        if revision.revision == 1:
            tx.tell(revision.opened(), cause=cause)
        if one.judged.rested is None or differs(revision, one.before):
            tx.tell(revision.completed(news=is_news), cause=cause)
        if one.coached:
            tx.tell(_offered(revision, one.coached), cause=cause)


def _offered(revision: Revision, tests: tuple[str, ...]) -> CoachingOffered:
    return CoachingOffered(
        evaluation_id=revision.evaluation_id,
        employee_id=revision.employee_id,
        visibility=revision.visibility,
        revision=revision.revision,
        tests=tests,
    )
