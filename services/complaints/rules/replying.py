"""What the reporter of a case does, by the receipt code: each verb gives what becomes of the case.

Each raises Problem: 409 where the case does not allow it, 422 for a wrong field.
"""

from dataclasses import replace

from services.complaints.model.cases import Nothing, Rate, Text
from services.complaints.model.rows import Audience, Kind, State, Verb
from services.complaints.rules.cases import Done, Seen, allowed, closed, said
from shared.errors import Problem
from shared.events.complaints import (
    CommentAdded,
    ComplaintRated,
    ComplaintReopened,
    ComplaintWithdrawn,
    DataProvided,
)

WITHDRAWN = "withdrawn"
"""The reason of a case that its reporter took back; in no list, since nobody chooses it."""


def provide(seen: Seen, asked: Text) -> Done:
    """Give what was asked for: the case goes on."""
    complaint = allowed(seen, Verb.PROVIDE)
    told = DataProvided(complaint_id=complaint.complaint_id, times=complaint.data_requests)
    return Done(complaint, (told,), said(seen, Kind.DATA, asked.text, Audience.REPORTER))


def comment(seen: Seen, asked: Text) -> Done:
    """Say something on the case; no deadline moves by it."""
    complaint = allowed(seen, Verb.COMMENT)
    comment = said(seen, Kind.COMMENT, asked.text, Audience.REPORTER)
    told = CommentAdded(complaint_id=complaint.complaint_id, comment_id=comment.said_id, by_reporter=True)
    return Done(complaint, (told,), comment)


def close(seen: Seen, asked: Nothing) -> Done:
    """Be satisfied with the answer."""
    allowed(seen, Verb.CLOSE)
    return closed(seen.complaint, seen.now, "reporter")


def reopen(seen: Seen, asked: Text) -> Done:
    """Be not satisfied with the answer: until the case closes, and for a term after it."""
    complaint = allowed(seen, Verb.REOPEN)
    if seen.complaint.state is State.CLOSED and _days_closed(seen) > seen.policy.reopen_days.value:
        title = "The term for reopening this case is over"
        detail = f"It ran for {seen.policy.reopen_days.value} days after the case was closed. Please file a new report."
        raise Problem(409, "term-over", title, detail)
    times = complaint.reopened + 1
    told = ComplaintReopened(complaint_id=complaint.complaint_id, times=times)
    why = said(seen, Kind.REOPENING, asked.text, Audience.REPORTER)
    return Done(replace(complaint, reopened=times, ended_at=None), (told,), why)


def rate(seen: Seen, asked: Rate) -> Done:
    """Say how satisfied one is with the handling, once."""
    complaint = allowed(seen, Verb.RATE)
    if complaint.rating is not None:
        raise Problem(409, "rated-already", "You have rated the handling of this case already")
    told = ComplaintRated(complaint_id=complaint.complaint_id, rating=asked.rating)
    return Done(replace(complaint, rating=asked.rating), (told,))


def withdraw(seen: Seen, asked: Nothing) -> Done:
    """Take the complaint back."""
    complaint = allowed(seen, Verb.WITHDRAW)
    told = ComplaintWithdrawn(complaint_id=complaint.complaint_id, employee_id=complaint.employee_id)
    return Done(replace(complaint, reason=WITHDRAWN, ended_at=seen.now), (told,))


def _days_closed(seen: Seen) -> int:
    assert seen.complaint.ended_at is not None, "a closed case has ended"
    return (seen.now - seen.complaint.ended_at).days
