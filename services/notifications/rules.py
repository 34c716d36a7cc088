"""Who is told what and when, how a delivery moves, and how patiently. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.notifications.model import (
    Audience,
    Delivery,
    DeliveryPolicy,
    Notice,
    Outcome,
    Person,
    Sent,
    Standing,
    State,
    Verb,
    What,
)
from shared.clock import WorkingDays
from shared.events.complaints import ComplaintFiled, Visibility
from shared.events.evaluation import EvaluationCompleted
from shared.events.evaluation import Outcome as Result
from shared.events.training import EmployeeEnrolled, EmployeeWaitlisted

MOVES: Mapping[tuple[State, Verb], State] = {
    (State.PENDING, Verb.CLAIM): State.CLAIMED,
    (State.WAITING, Verb.CLAIM): State.CLAIMED,
    (State.CLAIMED, Verb.HOLD): State.WAITING,
    (State.CLAIMED, Verb.SUPPRESS): State.SUPPRESSED,
    (State.CLAIMED, Verb.ATTEMPT): State.SENDING,
    (State.CLAIMED, Verb.EXPIRE): State.PENDING,  # nothing had been sent
    (State.CLAIMED, Verb.REFUSE): State.FAILED,  # can't be rendered
    (State.CLAIMED, Verb.ACCEPT): State.ACCEPTED,  # a channel whose repetition is harmless needs no mark
    (State.CLAIMED, Verb.RETRY): State.PENDING,
    (State.SENDING, Verb.ACCEPT): State.ACCEPTED,
    (State.SENDING, Verb.REFUSE): State.FAILED,
    (State.SENDING, Verb.RETRY): State.PENDING,
    (State.SENDING, Verb.LOSE): State.UNKNOWN,
    (State.SENDING, Verb.EXPIRE): State.UNKNOWN,  # perhaps sent: never sent again blindly
    (State.UNKNOWN, Verb.ACCEPT): State.ACCEPTED,  # whoever held the lease knows after all
    (State.UNKNOWN, Verb.REFUSE): State.FAILED,
    (State.UNKNOWN, Verb.RETRY): State.PENDING,
}

RESULTS: Mapping[Result, What] = {
    Result.NOT_ENOUGH_EVIDENCE: What.NOT_ENOUGH_EVIDENCE,
    Result.ISOLATED: What.ISOLATED,
    Result.INCONCLUSIVE: What.INCONCLUSIVE,
    Result.WATCH: What.WATCH,
    Result.NEED: What.NEED,
}

AboutEmployee = EvaluationCompleted | EmployeeEnrolled | EmployeeWaitlisted
Telling = ComplaintFiled | AboutEmployee


def after(standing: Standing, outcome: Outcome, now: datetime) -> State | None:
    """The state that an outcome leads to; none where it comes too late to count."""
    if standing.claim != outcome.claim or (outcome.verb is Verb.EXPIRE and standing.lease_until > now):
        return None
    return MOVES.get((standing.state, outcome.verb))


def lacking(event: Telling, people: Mapping[UUID, Person]) -> UUID | None:
    """The employee that the directory has not told of yet, without whom nobody can be told."""
    if isinstance(event, ComplaintFiled):
        return None
    person = people.get(event.employee_id)
    if person is None:
        return event.employee_id
    known = person.superior_id is None or person.superior_id in people
    return None if known else person.superior_id


def notices(event: Telling, people: Mapping[UUID, Person], collected: datetime) -> list[Notice]:
    """Who is told what of an event. `collected`: when the next daily collection leaves."""
    if isinstance(event, ComplaintFiled):
        return [Notice(What.RECEIVED, Audience.CITIZEN, event.complaint_id)]
    to_employee, to_superior, facts = _told(event)
    person = people[event.employee_id]
    not_before = None if event.visibility is Visibility.OPEN else collected
    told = [Notice(to_employee, Audience.EMPLOYEE, person.employee_id, facts, not_before)]
    superior = people.get(person.superior_id) if person.superior_id else None
    if superior is not None and superior != person:
        about = {**facts, "employee_name": person.name}
        told.append(Notice(to_superior, Audience.SUPERIOR, superior.employee_id, about, not_before))
    return _to_citizen(event) + told


def _to_citizen(event: AboutEmployee) -> list[Notice]:
    """That the complaint (each one of an incident) has been examined: never a result about a person."""
    if isinstance(event, EvaluationCompleted):
        return [Notice(What.EXAMINED, Audience.CITIZEN, event.complaint_id)]
    return []


def _told(event: AboutEmployee) -> tuple[What, What, dict[str, str]]:
    """What to tell employee and superior, and the facts: no complaint, no request number, no reporter."""
    if isinstance(event, EmployeeWaitlisted):
        return What.WAITLISTED, What.STAFF_WAITLISTED, {"test": event.test, "course": event.course or ""}
    if isinstance(event, EmployeeEnrolled):
        facts = {"test": event.test, "course": event.course, "starts_at": event.starts_at.isoformat()}
        return What.ENROLLED, What.STAFF_ENROLLED, facts
    facts = {"outcome": event.outcome.value, "tests": ", ".join(need.test for need in event.needs)}
    if event.revision > 1:
        return What.REVISED, What.REVIEW_REVISED, facts
    return RESULTS[event.outcome], What.REVIEW, facts


def collection(calendar: WorkingDays, policy: DeliveryPolicy, now: datetime) -> datetime:
    """When the next daily collection leaves."""
    return calendar.next_opening(now, policy.opening)


def outcome(delivery: Delivery, verb: Verb, reason: str = "", next_at: datetime | None = None) -> Outcome:
    """What is to be recorded of a claimed delivery."""
    return Outcome(delivery.delivery_id, delivery.claim, verb, reason, next_at, delivery.correlation_id)


def settled(delivery: Delivery, sent: Sent, policy: DeliveryPolicy, now: datetime) -> Outcome:
    """What to record of an attempt: a retry waits twice as long as the one before, and one day is given up."""
    verb, reason, next_at = sent.verb, sent.reason, None
    if verb is Verb.RETRY and delivery.attempts + 1 >= policy.attempts:
        verb, reason = Verb.REFUSE, f"gave up: {reason}"
    if verb is Verb.RETRY:
        wait = min(policy.backoff_seconds * 2**delivery.attempts, policy.backoff_limit_seconds)
        next_at = now + timedelta(seconds=wait)
    return outcome(delivery, verb, reason, next_at)


def held(delivery: Delivery, reason: str, policy: DeliveryPolicy, now: datetime) -> Outcome:
    """Wait for a contact for as long as it takes: each time for a quarter of the delivery's age."""
    age = (now - delivery.created_at).total_seconds()
    wait = min(max(policy.backoff_seconds, age / 4), policy.backoff_limit_seconds)
    return outcome(delivery, Verb.HOLD, reason, now + timedelta(seconds=wait))


def purposes(lot: Sequence[Delivery]) -> dict[str, list[UUID]]:
    """Which complaints' contacts are needed for which purpose, which the vault logs."""
    asked: dict[str, set[UUID]] = {}
    for delivery in lot:
        if delivery.audience is Audience.CITIZEN:
            asked.setdefault(delivery.what.value, set()).add(delivery.recipient)
    return {purpose: sorted(complaints) for purpose, complaints in asked.items()}
