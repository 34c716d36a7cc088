"""Filing a complaint, by HTTP or by an office's event: judged alike, answered each in its way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from services.complaints.actions import clocks, limits, policies, receipts
from services.complaints.model.documents import Filed, Filing
from services.complaints.model.rows import Complaint, Reporter, ServiceRecord, Standard
from services.complaints.rules import contact, filing
from services.complaints.rules.receipt import receipt_code, receipt_hash
from services.complaints.rules.records import standard_on
from services.complaints.rules.states import PUBLIC
from services.complaints.store import catalogue, complaints, records, vault
from shared.errors import FieldError, Problem
from shared.events.frontoffice import ComplaintSubmitted
from shared.messaging.tx import Cause, Name, Tx, derived_id

Submission = Cause[ComplaintSubmitted]


@dataclass(frozen=True, slots=True)
class Judged:
    """A submission and what becomes of it: a complaint and its reporter, or problems."""

    cause: Submission
    seen: filing.Circumstances
    problems: tuple[FieldError, ...]

    @property
    def subject(self) -> UUID | None:
        """The officer concerned, where known."""
        return self.seen.record.employee_id if self.seen.record else self.cause.body.employee_id


def names(submission: ComplaintSubmitted) -> list[Name]:
    """What a submission judges: the service records of its request number."""
    return [("request", submission.request_number)] if submission.request_number else []


async def submit(tx: Tx, causes: Sequence[Submission]) -> None:
    """Take submissions of offices in, and answer each on `receipts.v1`."""
    done = await complaints.submitted(tx, [(cause.source, cause.id) for cause in causes])
    judged = await judge(tx, [cause for cause in causes if (cause.source, cause.id) not in done])
    for one in judged:
        if one.problems:
            receipts.refuse(tx, one.cause, one.problems)
    for cause, complaint in await enter(tx, [one for one in judged if not one.problems]):
        receipts.accept(tx, cause, complaint.complaint_id)


def counted_names(body: Filing) -> list[Name]:
    """The same, and what the rate limits count."""
    return [*names(body.submission), *limits.names(body)]


async def file(tx: Tx, causes: Sequence[Cause[Filing]]) -> None:
    """Take filings over HTTP in. A refused one leaves no trace, and isn't counted."""
    judged = await judge(tx, [submission(cause) for cause in causes])
    counted = {cause.order: limits.counted(tx, cause.body) for cause in causes}
    too_often = await limits.too_often(tx, counted)
    accepted = []
    for one in judged:
        problem = refusal(one.problems) or too_often.get(one.cause.order)
        if problem:
            tx.refuse(one.cause, problem)
        else:
            accepted.append(one)
    for cause, complaint in await enter(tx, accepted):
        tx.answer(cause, filed(complaint), status=201)
    subjects = [subject for one in accepted for subject, _ in counted[one.cause.order]]
    await complaints.insert_recent_filings(tx, sorted(subjects))


def filed(complaint: Complaint) -> Filed:
    """The answer to a filing, as it is stored."""
    return Filed(
        complaint_id=complaint.complaint_id,
        status=PUBLIC[complaint.state],
        filed_at=complaint.filed_at,
        receipt_hash=complaint.receipt_hash.hex(),
    )


def submission(cause: Cause[Any]) -> Submission:
    """The cause of a command that holds a `submission`, as that of the submission itself."""
    return cast(Submission, replace(cast(Any, cause), body=cause.body.submission))


async def judge(tx: Tx, causes: Sequence[Submission]) -> list[Judged]:
    """Each submission with what is wrong with it, if anything is."""
    bodies = [cause.body for cause in causes]
    standards = await catalogue.standards(tx, {body.service for body in bodies if body.service})
    found = await records.records_by_number(tx, {body.request_number for body in bodies if body.request_number})
    judged = []
    for cause in causes:
        seen = _circumstances(
            tx, cause, standards.get(cause.body.service or "", ()), found.get(cause.body.request_number or "", ())
        )
        judged.append(Judged(cause, seen, tuple(filing.problems(cause.body, seen))))
    return judged


def _circumstances(
    tx: Tx, cause: Submission, standards: Sequence[Standard], found: Sequence[ServiceRecord]
) -> filing.Circumstances:
    filed_at = filing.filing_moment(cause.at, tx.now, policies.filing_policy_now(tx))
    filed_on = policies.local_day(tx, filed_at)
    taxonomy = policies.categories(tx, filed_on)
    return filing.Circumstances(
        filed_at=filed_at,
        filed_on=filed_on,
        policy=policies.filing_policy(tx, filed_on),
        policy_version=taxonomy.version,
        handling=policies.handling(tx),
        category=taxonomy.category(cause.body.category),
        standard=standard_on(standards, filed_on),
        record=filing.concerned(found, cause.body.service),
    )


async def enter(tx: Tx, accepted: Sequence[Judged]) -> list[tuple[Submission, Complaint]]:
    """Keep complaints and their reporters, and tell that they were filed, and what follows by their category."""
    if not accepted:
        return []
    made = [_make(tx, one) for one in accepted]
    await complaints.insert_complaints(tx, [complaint for complaint, _ in made])
    await vault.insert_reporters(tx, [reporter for _, reporter in made])
    await clocks.start(tx, [(one.cause, complaint) for one, (complaint, _) in zip(accepted, made, strict=True)])
    for one, (complaint, _) in zip(accepted, made, strict=True):
        follows = filing.follows(complaint, one.seen.category, one.seen.handling)
        for told in (filing.told_filed(complaint, one.seen.record), *follows):
            tx.tell(told, cause=one.cause, correlation_id=str(complaint.complaint_id))
    return [(one.cause, complaint) for one, (complaint, _) in zip(accepted, made, strict=True)]


def _make(tx: Tx, one: Judged) -> tuple[Complaint, Reporter]:
    """The rows of an accepted submission. The id is derived from the cause: repeating it makes the same complaint."""
    cause, body = one.cause, one.cause.body
    complaint_id = derived_id(cause.at, f"complaint\0{cause.source}\0{cause.principal}\0{cause.id}".encode())
    who = contact.voice(body.contact)
    complaint = filing.complaint(
        body,
        one.seen,
        complaint_id=complaint_id,
        sender=(cause.source, cause.id) if cause.source else None,
        reporter_ref=contact.reporter_ref(tx.settings.reporter_keys.on(one.seen.filed_on), one.seen.filed_on, who),
        receipt_hash=receipt_hash(receipt_code(tx.settings.receipt_keys.on(one.seen.filed_on), complaint_id)),
    )
    return complaint, contact.reporter(complaint_id, body.contact)


def refusal(problems: Sequence[FieldError]) -> Problem | None:
    """The answer to a report with problems; none where there are none."""
    if not problems:
        return None
    return Problem(422, "report-refused", "The report could not be accepted", errors=problems)
