"""From a complaint and its officer's evidence to a revision: a first one opens an evaluation, a further one joins."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from services.evaluation.model.policy import ViewPolicy
from services.evaluation.model.revision import Revision
from services.evaluation.model.words import Asked, Found, Reported, Standing
from services.evaluation.rules.evaluate import evaluate
from services.evaluation.rules.gather import On, gather
from services.evaluation.rules.states import Verb, move
from services.evaluation.rules.triggering import hidden_id, stricter
from services.evaluation.rules.window import WINDOW, quarters_back
from shared.clock import WorkingDays
from shared.events.complaints import Visibility
from shared.events.evaluation import Need, Status


@dataclass(frozen=True, slots=True)
class Rules:
    """The dated policies and the calendar that a revision follows."""

    scoring: On
    view: Callable[[date], ViewPolicy]
    calendar: WorkingDays


def asked(employee: UUID, at: datetime, standing: Standing | None, calendar: WorkingDays) -> Asked:
    """The window, and the quarter before it for the caps; never of an earlier moment than the last revision."""
    as_of = max(at, standing.as_of) if standing else at
    until = calendar.local_day(as_of)
    return Asked(employee_id=employee, since=quarters_back(until, WINDOW), until=until, as_of=as_of)


def rests_on(asked: Asked, days: Collection[date]) -> bool:
    """Whether an evaluation that asked for these days counted what counts, or counted, on one of some days."""
    return any(asked.since <= day <= asked.until for day in days)


def revise(
    complaint: Reported,
    standing: Standing | None,
    found: Found,
    open_needs: Collection[str],
    *,
    rules: Rules,
    opened: Mapping[str, UUID] = MappingProxyType({}),
    verb: Verb = Verb.REVISE,
) -> Revision:
    """The revision that a complaint with a known officer and part causes, and the needs it newly opens.

    `opened`: the open needs that rest on this evaluation, by test, where its evidence was corrected: what it no longer
    shows is withdrawn. (Evidence that only joins never takes a need back.)
    """
    if complaint.employee_id is None or complaint.incident_id is None:
        raise ValueError("only a complaint with an incident can be evaluated")
    visibility = stricter(complaint.visibility, standing.visibility) if standing else complaint.visibility
    day = rules.calendar.local_day(found.as_of)
    shows = visible_from(visibility, found.as_of, rules.view(day), rules.calendar)
    known = collected(_counted(found, visibility, day), shows, rules.view(day), rules.calendar)
    evidence = gather(known, rules.scoring, rules.calendar)
    result = evaluate(evidence, rules.scoring(rules.calendar.local_day(complaint.filed_at)))
    evaluation = (
        standing.evaluation_id
        if standing
        else hidden_id(day, f"evaluation {complaint.complaint_id} {complaint.employee_id} {found.as_of}")
    )
    return Revision(
        evaluation_id=evaluation,
        incident_id=complaint.incident_id,
        employee_id=complaint.employee_id,
        complaint_id=complaint.complaint_id,
        revision=standing.revision + 1 if standing else 1,
        status=(move(standing.status, verb) if standing else None) or Status.PROVISIONAL,
        visibility=visibility,
        visible_from=shows,
        evidence=evidence,
        result=result,
        needs=tuple(
            Need(
                need_id=hidden_id(day, _need(evaluation, n.test, found.restarts.get(n.test))),
                test=n.test,
                part=n.part,
                dimension=n.dimension,
            )
            for n in result.needs
            if n.test not in open_needs
        ),
        withdrawn=tuple(opened[test] for test in sorted(opened.keys() - {n.test for n in result.needs})),
    )


def _need(evaluation: UUID, test: str, met: date | None) -> str:
    """What a need's id is made of: one that comes again after it was met is another need."""
    return f"need {evaluation} {test}" + (f" after {met}" if met else "")


def _counted(found: Found, visibility: Visibility, day: date) -> Found:
    """Where a reporter is protected, services count until the day before: "813 handled" would else name the 813th."""
    if visibility is Visibility.OPEN:
        return found
    return replace(found, services=tuple(row for row in found.services if row.day < day))


def visible_from(visibility: Visibility, at: datetime, view: ViewPolicy, calendar: WorkingDays) -> datetime:
    """When employee and superior may see it: at once, or from the next collection where a reporter is protected."""
    return at if visibility is Visibility.OPEN else calendar.next_opening(at, view.collection_at)


def collected(found: Found, shows: datetime, view: ViewPolicy, calendar: WorkingDays) -> Found:
    """What a result counts that shows from a moment on: of protected reporters, what a collection has brought by then.

    Else the count of an open result would rise in the minute in which they complain. Their own result counts them.
    """
    brought = tuple(
        one
        for one in found.claims
        if one.hidden_at is None or calendar.next_opening(one.hidden_at, view.collection_at) <= shows
    )
    return replace(found, claims=brought)
