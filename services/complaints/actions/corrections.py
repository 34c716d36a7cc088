"""Corrections of service records: taken in, kept until their record comes, refused where it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.complaints.actions import policies, receipts, records
from services.complaints.model.rows import ServiceRecord, WaitingCorrection
from services.complaints.rules import corrections
from services.complaints.store import catalogue
from services.complaints.store import records as store
from shared.errors import FieldError
from shared.events.frontoffice import ServiceCorrected
from shared.messaging.timers import schedule, unschedule
from shared.messaging.tx import Cause, Tx

Correction = Cause[ServiceCorrected]
Changed = list[tuple[Correction, ServiceRecord]]

TIMER = "waiting_correction"
UNKNOWN = FieldError("record_id", "is of no record that has come")


async def correct(tx: Tx, causes: Sequence[Correction]) -> None:
    """Correct or cancel records, in whatever order the corrections of one come."""
    clear = []
    for cause in causes:
        if problems := corrections.unclear(cause.body):
            receipts.refuse(tx, cause, problems)
        else:
            clear.append(cause)
    known = await store.records(tx, {cause.body.record_id for cause in clear})
    await _keep(tx, [cause for cause in clear if cause.body.record_id not in known])
    changed = await _judge(tx, [cause for cause in clear if cause.body.record_id in known], known)
    await store.save_records(tx, [record for _, record in changed])
    await records.watch(tx, [record for _, record in changed], known)
    for cause, record in changed:
        if (event := corrections.told_of(record, known[record.record_id])) is not None:
            tx.tell(event, cause=cause)
    await records.assign_waiting(tx, changed)


async def _judge(tx: Tx, causes: Sequence[Correction], known: Mapping[UUID, ServiceRecord]) -> Changed:
    """Refuse what is wrong; gives the records that change."""
    services = {cause.body.corrected.service for cause in causes if cause.body.corrected}
    standards = await catalogue.standards(tx, services)
    days, filing, policy = policies.working_days(tx), policies.filing_policy_now(tx), policies.corrections(tx)
    changed: Changed = []
    for cause in causes:
        told = cause.body
        offered = standards.get(told.corrected.service, ()) if told.corrected else ()
        seen = corrections.Judging(cause.source, offered, days, filing, policy, tx.now)
        taken = corrections.correct(told, known[told.record_id], seen)
        if taken.problems:
            receipts.refuse(tx, cause, taken.problems)
        elif taken.record is not None:
            changed.append((cause, taken.record))
    return changed


async def _keep(tx: Tx, causes: Sequence[Correction]) -> None:
    """Keep what came before its record, for a while."""
    if not causes:
        return
    until = tx.now + timedelta(hours=policies.corrections(tx).waiting_hours.value)
    await store.wait(
        tx,
        [
            WaitingCorrection(
                source=cause.source,
                submission=cause.id,
                record_id=cause.body.record_id,
                revision=cause.body.revision,
                body=cause.body.model_dump_json(),
            )
            for cause in causes
        ],
    )
    await schedule(tx, TIMER, [(str(cause.body.record_id), until) for cause in causes])


async def catch_up(tx: Tx, causes: Sequence[records.Told]) -> None:
    """Correct the records that have come by what waited for them, one correction after the other."""
    waiting = await store.take_waiting(tx, {cause.body.record_id for cause in causes})
    if not waiting:
        return
    await unschedule(tx, TIMER, {str(one.record_id) for one in waiting})
    came: dict[UUID, Cause[Any]] = {cause.body.record_id: cause for cause in causes}
    for one in waiting:
        told = ServiceCorrected.model_validate_json(one.body)
        await correct(tx, [replace(came[one.record_id], body=told, id=one.submission, source=one.source)])


async def refuse_waiting(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Refuse corrections whose record did not come."""
    due = {UUID(cause.body): cause for cause in causes}
    for one in await store.take_waiting(tx, due):
        receipts.refuse(tx, replace(due[one.record_id], id=one.submission, source=one.source), [UNKNOWN])
