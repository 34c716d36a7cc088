"""What is told: each has an audience, the facts that its letter may use, and a template in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.notifications.model.words import Audience


class What(StrEnum):
    """What is told; the value names its templates."""

    RECEIVED = "received"
    VERIFIED = "verified"
    EXAMINED = "examined"
    ANSWERED = "answered"
    DATA_REQUESTED = "data_requested"
    COMMENTED = "commented"
    CLOSED = "closed"
    REOPENED = "reopened"
    REJECTED = "rejected"
    PASSED_ON = "passed_on"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    DEADLINE_MOVED = "deadline_moved"
    IDENTITY_REVEALED = "identity_revealed"
    ERASED = "erased"

    NOT_ENOUGH_EVIDENCE = "result_not_enough_evidence"
    ISOLATED = "result_isolated"
    INCONCLUSIVE = "result_inconclusive"
    WATCH = "result_watch"
    NEED = "result_need"
    REVISED = "result_revised"
    CONFIRMED = "result_confirmed"
    ADJUSTED = "result_adjusted"
    RESULT_WITHDRAWN = "result_withdrawn"
    OBJECTION_FILED = "objection_filed"
    OBJECTION_DECIDED = "objection_decided"
    COACHING = "coaching"
    PERIOD = "period"
    PERIOD_DECIDED = "period_decided"
    PERIOD_OBJECTION_DECIDED = "period_objection_decided"
    ENROLLED = "enrolled"
    WAITLISTED = "waitlisted"
    PROMOTED = "promoted"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    MISSED = "missed"

    REVIEW = "review"
    REVIEW_REVISED = "review_revised"
    REVIEW_OBJECTION = "review_objection"
    REVIEW_PERIOD = "review_period"
    STAFF_CONFIRMED = "staff_confirmed"
    STAFF_RESULT_WITHDRAWN = "staff_result_withdrawn"
    STAFF_OBJECTION_FILED = "staff_objection_filed"
    STAFF_OBJECTION_DECIDED = "staff_objection_decided"
    STAFF_PERIOD_DECIDED = "staff_period_decided"
    STAFF_PERIOD_OBJECTION_DECIDED = "staff_period_objection_decided"
    STAFF_ENROLLED = "staff_enrolled"
    STAFF_WAITLISTED = "staff_waitlisted"
    STAFF_PROMOTED = "staff_promoted"
    STAFF_CANCELLED = "staff_cancelled"
    STAFF_COMPLETED = "staff_completed"
    STAFF_MISSED = "staff_missed"

    DEADLINE_NEAR = "deadline_near"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Kind:
    """Whom a letter is for, and the facts that it may use; `evaluates`: it is about an evaluation of its reader."""

    audience: Audience
    facts: tuple[str, ...] = ()
    evaluates: bool = False


def _citizen(*facts: str) -> Kind:
    return Kind(Audience.CITIZEN, facts)


def _evaluated(*facts: str) -> Kind:
    return Kind(Audience.EMPLOYEE, facts, evaluates=True)


def _employee(*facts: str) -> Kind:
    return Kind(Audience.EMPLOYEE, facts)


def _superior(*facts: str) -> Kind:
    return Kind(Audience.SUPERIOR, (*facts, "employee_name"))


def _handler(*facts: str) -> Kind:
    return Kind(Audience.HANDLER, facts)


RESULT = ("outcome", "tests")
PREDICATE = ("period", "predicate")

KINDS: Mapping[What, Kind] = {
    What.RECEIVED: _citizen(),
    What.VERIFIED: _citizen(),
    What.EXAMINED: _citizen(),
    What.ANSWERED: _citizen(),
    What.DATA_REQUESTED: _citizen(),
    What.COMMENTED: _citizen(),
    What.CLOSED: _citizen("why"),
    What.REOPENED: _citizen(),
    What.REJECTED: _citizen(),
    What.PASSED_ON: _citizen(),
    What.REFERRED: _citizen(),
    What.WITHDRAWN: _citizen(),
    What.DEADLINE_MOVED: _citizen("clock", "due_on", "why"),
    What.IDENTITY_REVEALED: _citizen("at"),
    What.ERASED: _citizen(),
    What.NOT_ENOUGH_EVIDENCE: _evaluated(*RESULT),
    What.ISOLATED: _evaluated(*RESULT),
    What.INCONCLUSIVE: _evaluated(*RESULT),
    What.WATCH: _evaluated(*RESULT),
    What.NEED: _evaluated(*RESULT),
    What.REVISED: _evaluated(*RESULT),
    What.CONFIRMED: _evaluated(*RESULT),
    What.ADJUSTED: _evaluated(*RESULT),
    What.RESULT_WITHDRAWN: _evaluated("why"),
    What.OBJECTION_FILED: _evaluated("due_on"),
    What.OBJECTION_DECIDED: _evaluated(*RESULT, "upheld"),
    What.COACHING: _evaluated("tests"),
    What.PERIOD: _evaluated("period"),
    What.PERIOD_DECIDED: _evaluated(*PREDICATE, "due_on"),
    What.PERIOD_OBJECTION_DECIDED: _evaluated(*PREDICATE, "upheld"),
    What.ENROLLED: _employee("test", "course", "starts_at"),
    What.WAITLISTED: _employee("test", "course"),
    What.PROMOTED: _employee("test", "course", "starts_at"),
    What.CANCELLED: _employee("test", "course", "why"),
    What.COMPLETED: _employee("course", "completed_on", "jp"),
    What.MISSED: _employee("course", "why"),
    What.REVIEW: _superior(*RESULT),
    What.REVIEW_REVISED: _superior(*RESULT),
    What.REVIEW_OBJECTION: _superior("due_on"),
    What.REVIEW_PERIOD: _superior("period"),
    What.STAFF_CONFIRMED: _superior(*RESULT),
    What.STAFF_RESULT_WITHDRAWN: _superior("why"),
    What.STAFF_OBJECTION_FILED: _superior("due_on"),
    What.STAFF_OBJECTION_DECIDED: _superior(*RESULT, "upheld"),
    What.STAFF_PERIOD_DECIDED: _superior(*PREDICATE, "due_on"),
    What.STAFF_PERIOD_OBJECTION_DECIDED: _superior(*PREDICATE, "upheld"),
    What.STAFF_ENROLLED: _superior("test", "course", "starts_at"),
    What.STAFF_WAITLISTED: _superior("test", "course"),
    What.STAFF_PROMOTED: _superior("test", "course", "starts_at"),
    What.STAFF_CANCELLED: _superior("test", "course", "why"),
    What.STAFF_COMPLETED: _superior("course", "completed_on", "jp"),
    What.STAFF_MISSED: _superior("course", "why"),
    What.DEADLINE_NEAR: _handler("complaint_id", "clock", "due_on"),
    What.ESCALATED: _handler("complaint_id", "clock", "due_on"),
}

MADE_UP: Mapping[str, str] = {
    "outcome": "need",
    "tests": "ktp, all",
    "test": "delay",
    "course": "ktp-el-tepat-waktu",
    "starts_at": "2026-03-19T02:00:00+00:00",
    "employee_name": "Sari Dewi",
    "completed_on": "2026-03-19",
    "jp": "6",
    "upheld": "yes",
    "period": "2026-Q1",
    "predicate": "Baik",
    "due_on": "2026-03-27",
    "clock": "first_answer",
    "at": "2026-03-19T02:00:00+00:00",
    "complaint_id": "019a7c3e-6a20-8b11-8c07-91d2c3e4f506",
}
WHY: Mapping[What, str] = {
    What.CLOSED: "silence",
    What.DEADLINE_MOVED: "pause",
    What.RESULT_WITHDRAWN: "reassigned",
    What.STAFF_RESULT_WITHDRAWN: "reassigned",
    What.CANCELLED: "session cancelled",
    What.STAFF_CANCELLED: "session cancelled",
    What.MISSED: "absent",
    What.STAFF_MISSED: "absent",
}


def made_up(what: What) -> dict[str, str]:
    """The facts of a letter, invented, for the preview of its template."""
    return {fact: WHY[what] if fact == "why" else MADE_UP[fact] for fact in KINDS[what].facts}
