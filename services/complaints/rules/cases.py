"""What every verb on a case shares: what it is judged by, who may act, and what the state allows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.complaints.model.policies import CategoriesPolicy, FilingPolicy, HandlingPolicy
from services.complaints.model.rows import Audience, Complaint, Employee, Kind, Said, ServiceRecord, Verb
from services.complaints.rules import filing
from services.complaints.rules.states import MOVES, PUBLIC, move, possible
from shared.errors import FieldError, Problem
from shared.events import Event
from shared.events.complaints import ComplaintClosed, Finding

REPORTERS = (Verb.PROVIDE, Verb.COMMENT, Verb.RATE, Verb.CLOSE, Verb.REOPEN, Verb.WITHDRAW)
NOT_OFFICERS = (Verb.EXAMINE, Verb.PROVIDE, Verb.RATE, Verb.REOPEN, Verb.WITHDRAW)
OFFICERS = tuple(verb for verb in Verb if verb not in NOT_OFFICERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a verb is judged by.

    `officer` is who acts, none where it is the reporter; `people` are those of the directory who matter here;
    `record` is the service record that the complaint is about; `said_id` names what is said, if something is.
    """

    complaint: Complaint
    record: ServiceRecord | None
    officer: UUID | None
    people: Mapping[UUID, Employee]
    said_id: UUID
    now: datetime
    taxonomy: CategoriesPolicy
    policy: HandlingPolicy
    filing: FilingPolicy


@dataclass(frozen=True, slots=True)
class Done:
    """What becomes of a case: how it stands, what is told, and what was said."""

    complaint: Complaint
    told: tuple[Event, ...] = ()
    said: Said | None = None


def allowed(seen: Seen, verb: Verb) -> Complaint:
    """The case in the state that a verb leads to. Raises Problem 409 where its state does not allow it."""
    complaint = seen.complaint
    if (complaint.state, verb) in MOVES:
        return replace(complaint, state=move(complaint.state, verb))
    state = complaint.state.value if seen.officer else PUBLIC[complaint.state]
    verbs = [one.value for one in possible(complaint.state) if one in (OFFICERS if seen.officer else REPORTERS)]
    title = f"A case that is `{state}` does not allow `{verb}`"
    detail = f"Possible now: {', '.join(verbs)}." if verbs else "Nothing is possible any more."
    raise Problem(409, "not-in-this-state", title, detail)


def acting(seen: Seen) -> Complaint:
    """The case as it is, for an officer who may act on it. Raises Problem 403."""
    if seen.officer not in seen.people:
        raise unknown_officer()
    if is_barred(seen.officer, seen.complaint.employee_id, seen.people):
        raise Problem(403, "conflict-of-interest", "You can't act on this case", CONFLICT)
    return seen.complaint


def by_officer(seen: Seen, verb: Verb) -> Complaint:
    """The case in the state that a verb leads to, for an officer who may act on it. Raises Problem 403 and 409."""
    acting(seen)
    return allowed(seen, verb)


def by_handler(seen: Seen, verb: Verb) -> Complaint:
    """The same, for its handler, whom a case without one gets by that. Raises Problem 403 and 409."""
    complaint = by_officer(seen, verb)
    if complaint.handler_id not in (None, seen.officer):
        detail = "Take the case first (`handle`), or let its handler do it."
        raise Problem(409, "not-the-handler", "Somebody else handles this case", detail)
    return replace(complaint, handler_id=seen.officer)


CONFLICT = "Whom a case is about, and their direct superior, must not handle, answer or judge it: somebody else has to."


def is_barred(employee_id: UUID | None, subject_id: UUID | None, people: Mapping[UUID, Employee]) -> bool:
    """Whether somebody is the subject of a case, or the subject's direct superior (DOMAIN 1: conflict of interest)."""
    if subject_id is None or employee_id is None:
        return False
    subject = people.get(subject_id)
    return employee_id == subject_id or (subject is not None and subject.superior_id == employee_id)


def without_barred_handler(complaint: Complaint, people: Mapping[UUID, Employee]) -> Complaint:
    """A complaint whose subject became known: a handler who must not handle it does not any more."""
    barred = is_barred(complaint.handler_id, complaint.employee_id, people)
    return replace(complaint, handler_id=None) if barred else complaint


def ended(complaint: Complaint, verb: Verb, now: datetime) -> Complaint:
    """A case that a verb of the table ends now."""
    return replace(complaint, state=move(complaint.state, verb), ended_at=now)


def closed(complaint: Complaint, now: datetime, by: str) -> Done:
    """An answered case that ends with its answer, by `silence`, its `reporter` or its `handler`."""
    told = ComplaintClosed(complaint_id=complaint.complaint_id, by=by)
    return Done(ended(complaint, Verb.CLOSE, now), (told,))


def said(seen: Seen, kind: Kind, text: str, audience: Audience, finding: Finding | None = None) -> Said:
    """What whoever acts says on the case. Raises Problem 422 where it is no text, or too long."""
    problems = filing.text_problems(text, seen.filing)
    if problems:
        raise wrong(*problems)
    return Said(
        said_id=seen.said_id,
        complaint_id=seen.complaint.complaint_id,
        kind=kind,
        audience=audience,
        author_id=seen.officer,
        text=text,
        finding=finding,
        at=seen.now,
    )


def wrong(*errors: FieldError) -> Problem:
    """A request with fields that a rule refuses."""
    return Problem(422, "invalid-request", "The request is not valid", errors=errors)


def unknown_officer() -> Problem:
    """Somebody whose login is nobody of the directory: whose conflicts of interest can't be known."""
    detail = "Cases are for employees whom the directory knows; ask whoever keeps it."
    return Problem(403, "unknown-officer", "Your login is no employee of the directory", detail)
