"""What a civil servant and the superior are told: no complaint, no request number, no reporter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.notifications.model.whats import What
from shared.events import Event
from shared.events.evaluation import (
    CoachingOffered,
    EvaluationCompleted,
    EvaluationConfirmed,
    EvaluationWithdrawn,
    Need,
    ObjectionDecided,
    ObjectionFiled,
    PeriodAssessed,
    PeriodDecided,
    PeriodObjectionDecided,
    PeriodObjectionFiled,
)
from shared.events.evaluation import Outcome as Result
from shared.events.training import (
    EmployeeEnrolled,
    EmployeePromoted,
    EmployeeWaitlisted,
    EnrolmentCancelled,
    TrainingCompleted,
    TrainingMissed,
)

RESULTS: Mapping[Result, What] = {
    Result.NOT_ENOUGH_EVIDENCE: What.NOT_ENOUGH_EVIDENCE,
    Result.ISOLATED: What.ISOLATED,
    Result.INCONCLUSIVE: What.INCONCLUSIVE,
    Result.WATCH: What.WATCH,
    Result.NEED: What.NEED,
}

Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says to the employee and to the direct superior, and the facts of both letters.

    `others` are told besides; `by` knows already, since it is what they did. `occasion`: as of a notice.
    """

    employee: What
    superior: What | None
    facts: Facts
    others: Mapping[UUID, What] = field(default_factory=dict)
    by: UUID | None = None
    occasion: str | None = None


def to_staff(event: Any) -> Told:
    """What employee and superior are told of an event that is about an employee."""
    return TELLERS[type(event)](event)


def _result(outcome: Result, needs: tuple[Need, ...]) -> Facts:
    return {"outcome": outcome.value, "tests": ", ".join(need.test for need in needs)}


def _completed(event: EvaluationCompleted) -> Told:
    facts = _result(event.outcome, event.needs)
    if event.revision > 1:
        return Told(What.REVISED, What.REVIEW_REVISED, facts)
    return Told(RESULTS[event.outcome], What.REVIEW, facts)


def _confirmed(event: EvaluationConfirmed) -> Told:
    what = What.ADJUSTED if event.adjusted else What.CONFIRMED
    return Told(what, What.STAFF_CONFIRMED, _result(event.outcome, event.needs), by=event.confirmed_by)


def _withdrawn(event: EvaluationWithdrawn) -> Told:
    return Told(What.RESULT_WITHDRAWN, What.STAFF_RESULT_WITHDRAWN, {"why": event.reason})


def _objected(event: ObjectionFiled | PeriodObjectionFiled) -> Told:
    decides = {event.decides_id: What.REVIEW_OBJECTION} if event.decides_id else {}
    return Told(What.OBJECTION_FILED, What.STAFF_OBJECTION_FILED, {"due_on": event.due_on.isoformat()}, decides)


def _decided(event: ObjectionDecided) -> Told:
    facts = {**_result(event.outcome, event.needs), "upheld": "yes" if event.upheld else ""}
    return Told(What.OBJECTION_DECIDED, What.STAFF_OBJECTION_DECIDED, facts)


def _coached(event: CoachingOffered) -> Told:
    return Told(What.COACHING, None, {"tests": ", ".join(event.tests)})


def _assessed(event: PeriodAssessed) -> Told:
    return Told(What.PERIOD, What.REVIEW_PERIOD, {"period": event.period})


def _period_decided(event: PeriodDecided) -> Told:
    facts = {**_predicate(event), "due_on": event.objection_until.isoformat()}
    return Told(What.PERIOD_DECIDED, What.STAFF_PERIOD_DECIDED, facts, by=event.decided_by)


def _period_objection_decided(event: PeriodObjectionDecided) -> Told:
    facts = {**_predicate(event), "upheld": "yes" if event.upheld else ""}
    return Told(What.PERIOD_OBJECTION_DECIDED, What.STAFF_PERIOD_OBJECTION_DECIDED, facts)


def _predicate(event: PeriodDecided | PeriodObjectionDecided) -> Facts:
    return {"period": event.period, "predicate": event.predicate.value}


def _enrolled(event: EmployeeEnrolled) -> Told:
    return Told(What.ENROLLED, What.STAFF_ENROLLED, _seat(event))


def _promoted(event: EmployeePromoted) -> Told:
    return Told(What.PROMOTED, What.STAFF_PROMOTED, _seat(event))


def _waitlisted(event: EmployeeWaitlisted) -> Told:
    return Told(What.WAITLISTED, What.STAFF_WAITLISTED, {"test": event.test or "", "course": event.course or ""})


def _cancelled(event: EnrolmentCancelled) -> Told:
    facts = {"test": event.test or "", "course": event.course or "", "why": event.reason}
    return Told(What.CANCELLED, What.STAFF_CANCELLED, facts)


def _trained(event: TrainingCompleted) -> Told:
    facts = {"course": event.course or "", "completed_on": event.completed_on.isoformat(), "jp": str(event.jp)}
    return Told(What.COMPLETED, What.STAFF_COMPLETED, facts, occasion=_attendance(event))


def _missed(event: TrainingMissed) -> Told:
    facts = {"course": event.course or "", "why": event.reason}
    return Told(What.MISSED, What.STAFF_MISSED, facts, occasion=_attendance(event))


def _attendance(event: TrainingCompleted | TrainingMissed) -> str:
    """Needs that share a seat tell of it once each; it is one thing to say."""
    return f"{event.session_id} {event.employee_id}"


def _seat(event: EmployeeEnrolled | EmployeePromoted) -> Facts:
    return {"test": event.test or "", "course": event.course or "", "starts_at": event.starts_at.isoformat()}


TELLERS: Mapping[type[Event], Callable[[Any], Told]] = {
    EvaluationCompleted: _completed,
    EvaluationConfirmed: _confirmed,
    EvaluationWithdrawn: _withdrawn,
    ObjectionFiled: _objected,
    ObjectionDecided: _decided,
    CoachingOffered: _coached,
    PeriodAssessed: _assessed,
    PeriodDecided: _period_decided,
    PeriodObjectionFiled: _objected,
    PeriodObjectionDecided: _period_objection_decided,
    EmployeeEnrolled: _enrolled,
    EmployeeWaitlisted: _waitlisted,
    EmployeePromoted: _promoted,
    EnrolmentCancelled: _cancelled,
    TrainingCompleted: _trained,
    TrainingMissed: _missed,
}
EVENTS: tuple[type[Event], ...] = tuple(TELLERS)
