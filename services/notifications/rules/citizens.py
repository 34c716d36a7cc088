"""What the reporter is told of a complaint: never a result about a person, never what others said of it."""

from collections.abc import Mapping
from typing import Any

from services.notifications.model.notices import Notice
from services.notifications.model.whats import What
from shared.events import Event
from shared.events.complaints import (
    Clock,
    CommentAdded,
    ComplaintAnswered,
    ComplaintClosed,
    ComplaintFiled,
    ComplaintPassedOn,
    ComplaintReferred,
    ComplaintRejected,
    ComplaintReopened,
    ComplaintVerified,
    ComplaintWithdrawn,
    DataRequested,
    DeadlineMoved,
    FindingRevised,
    IdentityRevealed,
    ReporterErased,
)
from shared.events.evaluation import EvaluationCompleted

ONCE: Mapping[type[Event], What] = {
    ComplaintFiled: What.RECEIVED,
    ComplaintVerified: What.VERIFIED,
    EvaluationCompleted: What.EXAMINED,  # each revision says so again
    ReporterErased: What.ERASED,
}
"""Told once of a complaint, however often it is said."""
EACH_TIME: Mapping[type[Event], What] = {
    ComplaintAnswered: What.ANSWERED,
    DataRequested: What.DATA_REQUESTED,
    ComplaintReopened: What.REOPENED,
}
"""Told once for each of its `times`."""
EACH_EVENT: Mapping[type[Event], What] = {
    FindingRevised: What.ANSWERED,  # with words for the reporter, as the answer before it
    ComplaintRejected: What.REJECTED,
    ComplaintPassedOn: What.PASSED_ON,
    ComplaintReferred: What.REFERRED,
    ComplaintWithdrawn: What.WITHDRAWN,
}
REPORTERS_CLOCKS = {Clock.FIRST_ANSWER, Clock.FOLLOW_UP, Clock.CLOSING}
"""Those that say when something comes, or until when to reply; the others bind the office alone."""
EVENTS: tuple[type[Event], ...] = (
    *ONCE,
    *EACH_TIME,
    *EACH_EVENT,
    CommentAdded,
    ComplaintClosed,
    DeadlineMoved,
    IdentityRevealed,
)


def to_citizen(event: Any) -> Notice | None:
    """What the reporter is told of an event, if anything."""
    kind = type(event)
    if kind in ONCE:
        return Notice(ONCE[kind], event.complaint_id, occasion="")
    if kind in EACH_TIME:
        return Notice(EACH_TIME[kind], event.complaint_id, occasion=str(event.times))
    if kind in EACH_EVENT:
        return Notice(EACH_EVENT[kind], event.complaint_id)
    return _with_facts(event)


def _with_facts(event: Any) -> Notice | None:
    match event:
        case CommentAdded(by_reporter=False):
            return Notice(What.COMMENTED, event.complaint_id, occasion=str(event.comment_id))
        case ComplaintClosed():
            return Notice(What.CLOSED, event.complaint_id, {"why": event.by})
        case DeadlineMoved() if event.clock in REPORTERS_CLOCKS:
            facts = {"clock": event.clock.value, "due_on": event.due_on.isoformat(), "why": event.reason}
            return Notice(What.DEADLINE_MOVED, event.complaint_id, facts)
        case IdentityRevealed():
            facts = {"at": event.at.isoformat()}
            return Notice(What.IDENTITY_REVEALED, event.complaint_id, facts, occasion=str(event.reveal_id))
        case _:
            return None
