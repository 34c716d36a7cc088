"""What the complaints service does about facts of others."""

from collections.abc import Sequence

from services.complaints.actions import (
    catalogue,
    corrections,
    duties,
    examining,
    filing,
    people,
    receipts,
    records,
    webhooks,
)
from shared.events.directory import DutyRecorded, EmployeeRecorded, ServiceRecorded, UnitRecorded
from shared.events.evaluation import EvaluationOpened
from shared.events.frontoffice import (
    FRONTOFFICE,
    ComplaintSubmitted,
    ServiceCompleted,
    ServiceCorrected,
    ServiceRequested,
)
from shared.messaging.listens import Listens
from shared.messaging.record import Invalid
from shared.messaging.tx import Cause, Tx

listens = Listens()


@listens.to(ComplaintSubmitted, locks=filing.names)
@webhooks.answering
async def submit_complaints(tx: Tx, causes: Sequence[Cause[ComplaintSubmitted]]) -> None:
    """File what offices took in."""
    await filing.submit(tx, causes)


@listens.to(ServiceRequested, ServiceCompleted, locks=records.names)
@webhooks.answering
async def record_services(tx: Tx, causes: Sequence[records.Told]) -> None:
    """Take service records in, and what waited to correct them."""
    await records.record(tx, causes)
    await corrections.catch_up(tx, causes)


@listens.to(ServiceCorrected, locks=records.names)
@webhooks.answering
async def correct_services(tx: Tx, causes: Sequence[Cause[ServiceCorrected]]) -> None:
    """Correct or cancel service records."""
    await corrections.correct(tx, causes)


@listens.invalid(FRONTOFFICE)
@webhooks.answering
async def refuse_unreadable(tx: Tx, causes: Sequence[Cause[Invalid]]) -> None:
    """Answer what could be named but not read."""
    await receipts.refuse_unreadable(tx, causes)


@listens.to(ServiceRecorded)
async def learn_services(tx: Tx, causes: Sequence[Cause[ServiceRecorded]]) -> None:
    """Keep the catalogue of services."""
    await catalogue.learn(tx, causes)


@listens.to(EmployeeRecorded)
async def learn_employees(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """Keep who works where, under whom."""
    await people.learn_employees(tx, causes)


@listens.to(UnitRecorded)
async def learn_units(tx: Tx, causes: Sequence[Cause[UnitRecorded]]) -> None:
    """Keep who heads which unit."""
    await people.learn_units(tx, causes)


@listens.to(DutyRecorded)
async def learn_duties(tx: Tx, causes: Sequence[Cause[DutyRecorded]]) -> None:
    """Keep the duty roster."""
    await duties.learn(tx, causes)


@listens.to(EvaluationOpened, locks=lambda event: [("complaint", str(event.complaint_id))])
async def examine_complaints(tx: Tx, causes: Sequence[Cause[EvaluationOpened]]) -> None:
    """Let the reporter see that the complaint is being examined."""
    await examining.examine(tx, causes)
