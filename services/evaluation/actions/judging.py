"""Judging: load the evidence of all, revise each, write all, tell all. Every verb that judges ends here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from services.evaluation.actions.policies import scoring, viewing
from services.evaluation.model.evidence import Evidence
from services.evaluation.model.revision import Revision
from services.evaluation.model.words import Found, OpenNeed, Reported, Standing
from services.evaluation.rules.revise import Rules, asked, revise
from services.evaluation.store import complaints, evaluations, services
from services.evaluation.store.evaluations import Rested
from shared.clock import WorkingDays
from shared.messaging.tx import Cause, Tx


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

    @property
    def at(self) -> datetime:
        """As of when: a correction makes nothing younger."""
        return self.rested.as_of if self.rested else self.cause.at


async def judge_again(tx: Tx, moved: Sequence[tuple[Cause[Any], Rested]]) -> None:
    """One evaluation of an officer after the other, since each sees which needs the others leave open."""
    calendar = WorkingDays(tx.settings.zone)
    reported = await complaints.reported(tx, {rested.complaint_id for _, rested in moved})
    of_officers: dict[UUID, list[Judged]] = defaultdict(list)
    for cause, rested in moved:
        one = reported[rested.complaint_id]
        assert one.incident_id is not None, "what was evaluated has an incident"
        of_officers[rested.employee_id].append(Judged(cause, one, rested.employee_id, one.incident_id, rested.evidence))
    for lot in zip_longest(*of_officers.values()):
        await judge(tx, [one for one in lot if one], calendar)


async def judge(tx: Tx, judged: Sequence[Judged], calendar: WorkingDays) -> None:
    """Load the evidence of all, revise each, write all, tell all."""
    standing = await evaluations.standing_of(tx, [(one.incident_id, one.employee_id) for one in judged])
    founds = await _found(tx, judged, standing, calendar)
    needs = await evaluations.open_needs_of(tx, founds)
    rules = Rules(scoring(tx), viewing(tx), calendar)
    revised = [
        (one, _revise(one, standing.get(one.incident_id), founds[one.employee_id], needs[one.employee_id], rules))
        for one in judged
    ]
    revised = [(one, revision) for one, revision in revised if revision.evidence != one.rested]
    await _write(tx, revised)
    for one, revision in revised:
        _tell(tx, revision, one.cause)


def _revise(
    one: Judged, standing: Standing | None, found: Found, needs: Mapping[str, OpenNeed], rules: Rules
) -> Revision:
    """What rested on corrected evidence takes back the needs that it had opened and shows no more."""
    mine = standing.evaluation_id if standing and one.rested else None
    opened = {test: need.need_id for test, need in needs.items() if need.evaluation_id == mine}
    return revise(one.complaint, standing, found, needs, rules=rules, opened=opened)


async def _found(
    tx: Tx, judged: Sequence[Judged], standing: Mapping[UUID, Standing], calendar: WorkingDays
) -> dict[UUID, Found]:
    """What is known of each officer, as of its cause's time: it depends on no clock and no cutting into batches."""
    wanted = [asked(one.employee_id, one.at, standing.get(one.incident_id), calendar) for one in judged]
    counted = await services.services_of(tx, wanted)
    claims = await complaints.claims_of(tx, wanted)
    return {
        one.employee_id: Found(one.as_of, counted[one.employee_id], claims[one.employee_id], context={})
        for one in wanted
    }


async def _write(tx: Tx, revised: Sequence[tuple[Judged, Revision]]) -> None:
    await evaluations.save(tx, [revision for _, revision in revised])
    withdrawn = [(need, one.cause.at) for one, revision in revised for need in revision.withdrawn]
    if withdrawn:
        await evaluations.close_needs(tx, withdrawn)
    opened = [(revision, need) for _, revision in revised for need in revision.needs]
    if opened:
        await evaluations.open_needs(tx, opened)


def _tell(tx: Tx, revision: Revision, cause: Cause[Any]) -> None:
    if revision.revision == 1:
        tx.tell(revision.opened(), cause=cause)
    tx.tell(revision.completed(), cause=cause)
