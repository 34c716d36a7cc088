"""Service records: taken in, watched until their deadline, told when finished or overdue."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.complaints.actions import policies, receipts
from services.complaints.model.rows import ServiceRecord, Verb
from services.complaints.rules import filing, records
from services.complaints.rules.cases import without_barred_handler
from services.complaints.rules.states import allowing
from services.complaints.store import catalogue, complaints, people
from services.complaints.store import records as store
from shared.events.frontoffice import ServiceCompleted, ServiceCorrected, ServiceRequested
from shared.messaging.timers import schedule, unschedule
from shared.messaging.tx import Cause, Name, Tx

Told = Cause[ServiceRequested] | Cause[ServiceCompleted]
Changed = list[tuple[Told, ServiceRecord]]

DEADLINE = "service_deadline"


def names(told: ServiceRequested | ServiceCompleted | ServiceCorrected) -> list[Name]:
    """What a service record changes: itself, and the complaints that wait for its request number."""
    return [("record", str(told.record_id)), ("request", told.request_number)]


async def record(tx: Tx, causes: Sequence[Told]) -> None:
    """Take service records in, in either order and however often they come."""
    known = await store.records(tx, {cause.body.record_id for cause in causes})
    changed = await _take(tx, causes, known)
    await store.save_records(tx, [record for _, record in changed])
    await watch(tx, [record for _, record in changed], known)
    for cause, record in changed:
        if record.completed_at is not None:
            tx.tell(records.told_delivered(record), cause=cause)
    await assign_waiting(tx, changed)


async def _take(tx: Tx, causes: Sequence[Told], known: Mapping[UUID, ServiceRecord]) -> Changed:
    standards = await catalogue.standards(tx, {cause.body.service for cause in causes})
    days, policy = policies.working_days(tx), policies.filing_policy_now(tx)
    changed: Changed = []
    for cause in causes:
        told, offered = cause.body, standards.get(cause.body.service, ())
        taken = records.take(told, known.get(told.record_id), offered, days, policy, source=cause.source, now=tx.now)
        if taken.problems:
            receipts.refuse(tx, cause, taken.problems)
        elif taken.record is not None:
            changed.append((cause, taken.record))
    return changed


async def watch(tx: Tx, changed: Sequence[ServiceRecord], known: Mapping[UUID, ServiceRecord]) -> None:
    """Watch the deadlines of records that are running, and no more of those that were `known` and have ended."""
    running = [(str(record.record_id), record.deadline) for record in changed if record.running]
    watched = [str(record.record_id) for record in changed if not record.running and record.record_id in known]
    if running:
        await schedule(tx, DEADLINE, running)
    if watched:
        await unschedule(tx, DEADLINE, watched)


async def assign_waiting(tx: Tx, changed: Sequence[tuple[Cause[Any], ServiceRecord]]) -> None:
    """Assign the complaints that waited for these records; the names of both make that free of races."""
    causes = {record.request_number: cause for cause, record in changed}
    waiting = await complaints.waiting(tx, set(causes), allowing(Verb.ASSIGN)) if causes else []
    found = await store.records_by_number(tx, {complaint.request_number or "" for complaint in waiting})
    assigned = []
    for complaint in waiting:
        number = complaint.request_number or ""
        record = filing.concerned(found.get(number, []), complaint.service)
        policy = policies.filing_policy(tx, complaint.filed_on)
        if record is not None and not filing.too_old(
            filing.served_on(complaint.occurred_on, record), complaint.filed_on, policy
        ):
            assigned.append((causes[number], filing.assigned(complaint, record), record))
    known = await people.employees(tx, {record.employee_id for _, _, record in assigned})
    assigned = [(cause, without_barred_handler(one, known), record) for cause, one, record in assigned]
    await complaints.assign(tx, [complaint for _, complaint, _ in assigned])
    for cause, complaint, record in assigned:
        category = policies.categories(tx, complaint.filed_on).category(complaint.category)
        follows = filing.follows(complaint, category, policies.handling(tx))
        for told in (filing.told_assigned(complaint, record), *follows):
            tx.tell(told, cause=cause, correlation_id=str(complaint.complaint_id))


async def tell_overdue(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Tell the requests whose deadline passed unfinished; once, whatever the timers do."""
    known = await store.records(tx, [UUID(cause.body) for cause in causes])
    late = []
    for cause in causes:
        record = known.get(UUID(cause.body))
        if record is not None and record.running and not record.overdue and record.deadline <= tx.now:
            late.append((cause, records.overdue(record)))
    await store.save_records(tx, [record for _, record in late])
    for cause, record in late:
        tx.tell(records.told_overdue(record), cause=cause)
