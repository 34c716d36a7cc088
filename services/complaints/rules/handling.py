"""What officers do with a case: each verb takes what it is judged by, and gives what becomes of the case.

Each raises Problem: 403 for an officer who must not, 409 where the case does not allow it, 422 for a wrong field.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.complaints.model.cases import Answer, Assign, Comment, Handle, Nothing, PassOn, Reject, Text, Verify
from services.complaints.model.policies import Listed
from services.complaints.model.rows import Audience, Kind, Verb
from services.complaints.rules import filing
from services.complaints.rules.cases import (
    CONFLICT,
    Done,
    Seen,
    by_handler,
    by_officer,
    closed,
    ended,
    is_barred,
    said,
    without_barred_handler,
    wrong,
)
from shared.errors import FieldError, Problem
from shared.events.complaints import (
    CommentAdded,
    ComplaintAnswered,
    ComplaintPassedOn,
    ComplaintReferred,
    ComplaintRejected,
    DataRequested,
    Finding,
    FindingRevised,
    Trigger,
    Visibility,
)


def verify(seen: Seen, asked: Verify) -> Done:
    """Say that a report is what it seems, or what it is instead. One that is berkadar after all is referred."""
    complaint = by_officer(seen, Verb.VERIFY)
    category = seen.taxonomy.category(asked.category or complaint.category)
    if category is None:
        raise wrong(FieldError("category", "is not in the list of categories in force"))
    verified = replace(
        complaint,
        category=category.code,
        part=category.part,
        trigger=category.trigger,
        visibility=asked.visibility or filing.named(filing.hidden(complaint.visibility, category), asked.names_person),
        verified_at=complaint.verified_at or seen.now,
    )
    if category.kind == "berkadar":
        verified = replace(ended(verified, Verb.REFER, seen.now), authority=seen.policy.oversight.value)
    follows = filing.follows(verified, category, seen.policy)
    return Done(verified, (filing.told_verified(verified, seen.record), *follows))


def assign(seen: Seen, asked: Assign) -> Done:
    """Name whom a complaint is about; what was found about somebody else before is not taken over."""
    complaint = by_officer(seen, Verb.ASSIGN)
    named = seen.people.get(asked.employee_id)
    if named is None:
        raise wrong(FieldError("employee_id", "is no employee of the directory"))
    if named.employee_id == seen.complaint.employee_id:
        raise Problem(409, "assigned-already", "The complaint is about this employee already")
    if is_barred(seen.officer, named.employee_id, seen.people):
        raise Problem(403, "conflict-of-interest", "You can't name yourself or somebody whom you lead", CONFLICT)
    assigned = without_barred_handler(
        replace(complaint, employee_id=named.employee_id, unit=complaint.unit or named.unit, finding=None), seen.people
    )
    category = seen.taxonomy.category(complaint.category)
    told = filing.told_assigned(assigned, seen.record)
    return Done(assigned, (told, *filing.follows(assigned, category, seen.policy)))


def handle(seen: Seen, asked: Handle) -> Done:
    """Take the case, or give it to somebody."""
    complaint = by_officer(seen, Verb.HANDLE)
    handler_id = asked.employee_id or seen.officer
    if handler_id not in seen.people:
        raise wrong(FieldError("employee_id", "is no employee of the directory"))
    if is_barred(handler_id, complaint.employee_id, seen.people):
        raise Problem(409, "conflict-of-interest", "This employee can't handle the case", CONFLICT)
    return Done(replace(complaint, handler_id=handler_id))


def ask(seen: Seen, asked: Text) -> Done:
    """Ask the reporter for what is missing; until it comes the case is on hold."""
    complaint = by_handler(seen, Verb.ASK)
    times = complaint.data_requests + 1
    told = DataRequested(complaint_id=complaint.complaint_id, times=times)
    question = said(seen, Kind.QUESTION, asked.text, Audience.REPORTER)
    return Done(replace(complaint, data_requests=times), (told,), question)


def comment(seen: Seen, asked: Comment) -> Done:
    """Say something on the case. What is internal is told to nobody."""
    complaint = by_officer(seen, Verb.COMMENT)
    comment = said(seen, Kind.COMMENT, asked.text, asked.audience)
    told = CommentAdded(complaint_id=complaint.complaint_id, comment_id=comment.said_id, by_reporter=False)
    return Done(complaint, () if asked.audience is Audience.INTERNAL else (told,), comment)


def answer(seen: Seen, asked: Answer) -> Done:
    """Answer the reporter, with what was found."""
    complaint = by_handler(seen, Verb.ANSWER)
    times = complaint.answers + 1
    told = ComplaintAnswered(
        complaint_id=complaint.complaint_id, employee_id=complaint.employee_id, finding=asked.finding, times=times
    )
    answered = replace(complaint, answers=times, answered_at=seen.now, finding=asked.finding)
    return Done(answered, (told,), said(seen, Kind.ANSWER, asked.text, Audience.REPORTER, asked.finding))


def revise(seen: Seen, asked: Answer) -> Done:
    """Put another finding in the place of the one before, and tell the reporter why."""
    complaint = by_handler(seen, Verb.REVISE)
    if complaint.finding is None:
        raise Problem(409, "no-finding", "There is no finding to revise", "Nothing was found yet: answer the case.")
    if complaint.finding is asked.finding:
        raise Problem(409, "same-finding", f"The finding is `{asked.finding}` already")
    told = FindingRevised(complaint_id=complaint.complaint_id, employee_id=complaint.employee_id, finding=asked.finding)
    why = said(seen, Kind.REVISION, asked.text, Audience.REPORTER, asked.finding)
    return Done(replace(complaint, finding=asked.finding), (told,), why)


def close(seen: Seen, asked: Nothing) -> Done:
    """End an answered case."""
    by_handler(seen, Verb.CLOSE)
    return closed(replace(seen.complaint, handler_id=seen.officer), seen.now, "handler")


def reject(seen: Seen, asked: Reject) -> Done:
    """Archive a case that is invalid, which is a finding: rejected."""
    complaint = by_handler(seen, Verb.REJECT)
    _listed("reason", asked.reason, seen.policy.rejections)
    told = ComplaintRejected(
        complaint_id=complaint.complaint_id, employee_id=complaint.employee_id, reason=asked.reason
    )
    rejected = replace(complaint, reason=asked.reason, finding=Finding.REJECTED, ended_at=seen.now)
    return Done(rejected, (told,), said(seen, Kind.ENDING, asked.text, Audience.REPORTER, Finding.REJECTED))


def pass_on(seen: Seen, asked: PassOn) -> Done:
    """Give a case to the authority that is competent."""
    complaint = by_handler(seen, Verb.PASS_ON)
    _listed("authority", asked.authority, seen.policy.authorities)
    told = ComplaintPassedOn(
        complaint_id=complaint.complaint_id, employee_id=complaint.employee_id, authority=asked.authority
    )
    passed = replace(complaint, authority=asked.authority, ended_at=seen.now)
    return Done(passed, (told,), said(seen, Kind.ENDING, asked.text, Audience.REPORTER))


def refer(seen: Seen, asked: Text) -> Done:
    """Give a case of bribery, abuse of office or conflict of interest to the inspectorate. Why stays among officers.

    Whatever its category triggers, this case does no more: that is told first, for what followed has to be undone. And
    whoever reported is hidden from now on, as of a category that is berkadar.
    """
    complaint = by_handler(seen, Verb.REFER)
    referred = replace(
        complaint,
        trigger=Trigger.NEVER,
        visibility=Visibility.CONFIDENTIAL,
        verified_at=complaint.verified_at or seen.now,
        authority=seen.policy.oversight.value,
        ended_at=seen.now,
    )
    told = ComplaintReferred(complaint_id=complaint.complaint_id, authority=seen.policy.oversight.value)
    why = said(seen, Kind.ENDING, asked.text, Audience.INTERNAL)
    return Done(referred, (filing.told_verified(referred, seen.record), told), why)


def _listed(field: str, code: str, published: Sequence[Listed]) -> None:
    """Raises Problem 422 for a code that is not in a published list."""
    if code not in {one.code for one in published}:
        raise wrong(FieldError(field, f"must be one of: {', '.join(one.code for one in published)}"))
