"""Corrections of service records: who may correct what, until when, which one stands, and what is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.complaints.model.policies import CorrectionsPolicy, FilingPolicy
from services.complaints.model.rows import ServiceRecord, Standard
from services.complaints.rules.records import COMPLETION, Taken, same, take, told_delivered
from shared.clock import WorkingDays
from shared.errors import FieldError
from shared.events.complaints import CountedService, ServiceDelivered, ServiceRevised
from shared.events.frontoffice import Corrected, ServiceCompleted, ServiceCorrected


@dataclass(frozen=True, slots=True)
class Judging:
    """What a correction is judged by. `source` is the office that it came from."""

    source: str
    standards: Sequence[Standard]
    days: WorkingDays
    filing: FilingPolicy
    policy: CorrectionsPolicy
    now: datetime

    def too_long_ago(self, day: date) -> bool:
        """Whether what counted on a day stands for good."""
        return (self.days.local_day(self.now) - day).days > self.policy.within_days.value


def unclear(told: ServiceCorrected) -> tuple[FieldError, ...]:
    """Whether it can't be said, without any record, what is wanted."""
    if (told.corrected is None) is (told.cancelled is None):
        return (FieldError("corrected", "must be there, or cancelled in its place"),)
    if told.cancelled is not None and not told.cancelled.strip():
        return (FieldError("cancelled", "is empty"),)
    return ()


def correct(told: ServiceCorrected, known: ServiceRecord, seen: Judging) -> Taken:
    """Decide about a correction. The highest revision stands and a cancellation is final, whatever comes first."""
    problems = _problems(told, known, seen)
    if problems:
        return Taken(problems=problems)
    if told.corrected is None:
        return Taken(replace(known, revision=max(known.revision, told.revision), cancelled=told.cancelled))
    return Taken() if told.revision < known.revision else _corrected(told, told.corrected, known, seen)


def _problems(told: ServiceCorrected, known: ServiceRecord, seen: Judging) -> tuple[FieldError, ...]:
    if seen.source != known.source:
        return (FieldError("record_id", "is not of a record of this source"),)
    if told.request_number != known.request_number:
        return (FieldError("request_number", "is not the one that this record has"),)
    if known.cancelled is not None:
        return (FieldError("record_id", "was cancelled, which is final"),)
    if seen.too_long_ago(known.counted_on or known.received_on):
        days = seen.policy.within_days.value
        return (FieldError("record_id", f"counted more than {days} days ago: it stands"),)
    return ()


def _corrected(told: ServiceCorrected, facts: Corrected, known: ServiceRecord, seen: Judging) -> Taken:
    """The record as if the corrected facts had been the first that were told of it."""
    first = ServiceCompleted(record_id=told.record_id, request_number=told.request_number, **dict(facts))
    taken = take(first, None, seen.standards, seen.days, seen.filing, source=seen.source, now=seen.now)
    if taken.record is None or taken.record.counted_on is None:
        return Taken(problems=tuple(FieldError(f"corrected.{each.field}", each.problem) for each in taken.problems))
    if seen.too_long_ago(taken.record.counted_on):
        days = seen.policy.within_days.value
        return Taken(problems=(FieldError("corrected.received_at", f"would count more than {days} days ago"),))
    record = replace(taken.record, revision=told.revision)
    if told.revision > known.revision:
        return Taken(record)
    if same(known, record, COMPLETION):
        return Taken()
    return Taken(problems=(FieldError("revision", "was used before with other facts, which stand"),))


def told_of(record: ServiceRecord, known: ServiceRecord) -> ServiceDelivered | ServiceRevised | None:
    """What evaluation must hear of a correction: nothing where nothing moves, or where it never heard of the record."""
    if not known.told:
        return told_delivered(record) if record.told else None
    was, counts = _counted(known), _counted(record) if record.told else None
    if was == counts:
        return None
    return ServiceRevised(record_id=record.record_id, revision=record.revision, was=was, counts=counts)


def _counted(record: ServiceRecord) -> CountedService:
    told = {name: getattr(record, name) for name in CountedService.model_fields if name != "finished_at"}
    return CountedService(**told, finished_at=record.completed_at)
