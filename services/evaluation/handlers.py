"""What evaluation does about facts. All that judges or changes an officer's evidence locks the officer."""

from collections.abc import Sequence
from uuid import UUID

from services.evaluation.actions import complaints, officers, records, services
from services.evaluation.rules import changes
from shared.events.complaints import (
    ComplaintAnswered,
    ComplaintAssigned,
    ComplaintFiled,
    ComplaintLinked,
    ComplaintPassedOn,
    ComplaintRejected,
    ComplaintUnlinked,
    ComplaintVerified,
    ComplaintWithdrawn,
    FindingRevised,
    PraiseGiven,
    ServiceDelivered,
    ServiceOverdue,
    ServiceRevised,
)
from shared.events.directory import EmployeeRecorded
from shared.events.training import TrainingCompleted
from shared.messaging.listens import Listens
from shared.messaging.tx import Cause, Name, Tx

listens = Listens()


def employee(employee_id: UUID) -> Name:
    """The name of an officer's evidence."""
    return ("employee", str(employee_id))


def officer_concerned(event: changes.Filed | changes.Found | ComplaintLinked) -> list[Name]:
    """The officer; a complaint whose officer is unknown judges nobody."""
    return [employee(event.employee_id)] if event.employee_id else [("key", event.key)]


def own_officer(
    event: ServiceDelivered | ServiceOverdue | EmployeeRecorded | PraiseGiven | TrainingCompleted,
) -> list[Name]:
    """The officer whose work it is, or who is praised or trained."""
    return [employee(event.employee_id)]


@listens.to(ComplaintFiled, ComplaintAssigned, ComplaintVerified, ComplaintUnlinked, locks=officer_concerned)
async def evaluate(tx: Tx, causes: Sequence[Cause[changes.Filed]]) -> None:
    await complaints.evaluate(tx, causes)


@listens.to(
    *(ComplaintAnswered, FindingRevised, ComplaintRejected, ComplaintWithdrawn, ComplaintPassedOn),
    locks=officer_concerned,
)
async def find(tx: Tx, causes: Sequence[Cause[changes.Found]]) -> None:
    await complaints.find(tx, causes)


@listens.to(ComplaintLinked, locks=officer_concerned)
async def link(tx: Tx, causes: Sequence[Cause[ComplaintLinked]]) -> None:
    await complaints.link(tx, causes)


@listens.to(ServiceDelivered, locks=own_officer)
async def count_services(tx: Tx, causes: Sequence[Cause[ServiceDelivered]]) -> None:
    await services.count_services(tx, causes)


@listens.to(ServiceOverdue, locks=own_officer)
async def note_overdue(tx: Tx, causes: Sequence[Cause[ServiceOverdue]]) -> None:
    await services.note_overdue(tx, causes)


def officers_of_both(event: ServiceRevised) -> list[Name]:
    """Whose work it was said to be, and whose it is."""
    return [employee(told.employee_id) for told in (event.was, event.counts) if told is not None]


@listens.to(ServiceRevised, locks=officers_of_both)
async def revise_services(tx: Tx, causes: Sequence[Cause[ServiceRevised]]) -> None:
    await services.revise_services(tx, causes)


@listens.to(EmployeeRecorded, locks=own_officer)
async def record_officers(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    await officers.record_officers(tx, causes)


@listens.to(PraiseGiven, locks=own_officer)
async def record_praise(tx: Tx, causes: Sequence[Cause[PraiseGiven]]) -> None:
    await records.record_praise(tx, causes)


@listens.to(TrainingCompleted, locks=own_officer)
async def complete(tx: Tx, causes: Sequence[Cause[TrainingCompleted]]) -> None:
    await records.complete(tx, causes)
