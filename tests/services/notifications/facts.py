"""Facts of the whole loop, of each kind one, as the tests of notifications meet them."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from services.notifications.rules import telling
from shared.events import Event
from shared.events.complaints import (
    Clock,
    CommentAdded,
    ComplaintAnswered,
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintPassedOn,
    ComplaintReferred,
    ComplaintRejected,
    ComplaintReopened,
    ComplaintVerified,
    ComplaintWithdrawn,
    DataRequested,
    DeadlineMoved,
    DeadlineNear,
    Finding,
    FindingRevised,
    IdentityRevealed,
    ReporterErased,
    Visibility,
)
from shared.events.evaluation import (
    CoachingOffered,
    EvaluationConfirmed,
    EvaluationWithdrawn,
    ObjectionDecided,
    ObjectionFiled,
    PeriodAssessed,
    PeriodDecided,
    PeriodObjectionDecided,
    PeriodObjectionFiled,
    Predicate,
)
from shared.events.evaluation import Outcome as Result
from shared.events.training import (
    EmployeePromoted,
    EmployeeWaitlisted,
    EnrolmentCancelled,
    TrainingCompleted,
    TrainingMissed,
)
from tests.services.notifications.test_rules import COMPLAINT, EMPLOYEE, NOW, SUPERIOR, completed, enrolled, filed

HANDLER, DECIDER = UUID(int=4), UUID(int=5)
OPEN = Visibility.OPEN


def handling() -> list[Event]:
    """What is told of a complaint beside its filing."""
    case: dict[str, Any] = {"complaint_id": COMPLAINT}
    about = {**case, "employee_id": EMPLOYEE}
    on: dict[str, Any] = {"clock": Clock.FIRST_ANSWER, "due_on": date(2026, 3, 27)}
    return [
        ComplaintVerified.model_validate(filed().model_dump()),
        ComplaintAnswered(**about, finding=Finding.UPHELD, times=1),
        FindingRevised(**about, finding=Finding.REJECTED),
        DataRequested(**case, times=1),
        ComplaintReopened(**case, times=1),
        ComplaintRejected(**about, reason="incomplete"),
        ComplaintPassedOn(**about, authority="pln"),
        ComplaintReferred(**case, authority="inspectorate"),
        ComplaintWithdrawn(**about),
        CommentAdded(**case, comment_id=uuid4(), by_reporter=False),
        ComplaintClosed(**case, by="silence"),
        DeadlineMoved(**case, **on, reason="calendar"),
        IdentityRevealed(**case, reveal_id=uuid4(), at=NOW),
        ReporterErased(**case),
        DeadlineNear(**case, **on, handler_id=HANDLER, threshold=1),
        ComplaintEscalated(**case, **on, level=1, to_id=HANDLER),
    ]


def judging(visibility: Visibility = OPEN) -> list[Event]:
    """What is told of an evaluation after its first result; of a period there is nothing to hide."""
    about: dict[str, Any] = {"evaluation_id": uuid4(), "employee_id": EMPLOYEE, "visibility": visibility}
    effects: dict[str, Any] = {**about, "revision": 2, "outcome": Result.NEED}
    objection = uuid4()
    return [
        EvaluationConfirmed(**effects, confirmed_by=SUPERIOR, adjusted=False),
        EvaluationWithdrawn(**about, reason="reassigned"),
        ObjectionFiled(**about, objection_id=objection, decides_id=DECIDER, due_on=date(2026, 3, 27)),
        ObjectionDecided(**effects, objection_id=objection, upheld=True),
        CoachingOffered(**about, revision=1, tests=("ktp",)),
    ]


def training(visibility: Visibility = OPEN) -> list[Event]:
    """What is told of an enrolment."""
    one: dict[str, Any] = enrolled(visibility).model_dump()
    return [
        enrolled(visibility),
        EmployeeWaitlisted.model_validate(one),
        EmployeePromoted.model_validate(one),
        EnrolmentCancelled.model_validate({**one, "reason": "session cancelled"}),
        TrainingCompleted.model_validate({**one, "completed_on": date(2026, 3, 19), "jp": 6}),
        TrainingMissed.model_validate({**one, "reason": "absent"}),
    ]


def closing() -> list[Event]:
    """What is told of an officer's period; the superior sets the predicate."""
    about: dict[str, Any] = {"period": "2026-Q1", "employee_id": EMPLOYEE, "assessment_id": uuid4()}
    until, objection = date(2026, 4, 30), {**about, "objection_id": uuid4()}
    counts: dict[str, Any] = {"predicate": Predicate.BAIK}
    return [
        PeriodAssessed(**about),
        PeriodDecided(**about, **counts, decided_by=SUPERIOR, adjusted=False, objection_until=until),
        PeriodObjectionFiled(**objection, decides_id=DECIDER, due_on=until),
        PeriodObjectionDecided(**objection, **counts, upheld=True),
    ]


def everything() -> list[Event]:
    """A fact of each kind that somebody is told of."""
    facts = [filed(), completed(), *handling(), *judging(), *training(), *closing()]
    assert {type(fact) for fact in facts} == set(telling.EVENTS)
    return facts
