"""What an office that posts is told: the receipts that its submissions get on `receipts.v1`, or got before."""

from collections.abc import Sequence

from services.complaints.model.offices import Answered
from services.complaints.store import complaints
from shared.errors import FieldError, Problem
from shared.events.complaints import SubmissionAccepted, SubmissionRefused
from shared.messaging.strangers import Settled
from shared.messaging.tx import Cause, Tx

Receipt = SubmissionAccepted | SubmissionRefused


async def answer(tx: Tx, causes: Sequence[Cause[Settled]]) -> None:
    """Answer submissions, once they were judged like those of the topic."""
    receipts = {
        (told.event.source, told.event.submission): told.event for told in tx.told if isinstance(told.event, Receipt)
    }
    names = {cause.order: (cause.body.message.source, cause.body.message.id) for cause in causes}
    before = await complaints.submitted(tx, [name for name in names.values() if name not in receipts])
    for cause in causes:
        name = names[cause.order]
        receipt = receipts.get(name)
        if isinstance(receipt, SubmissionRefused):
            refused = Answered(submission=name[1], accepted=False, problems=receipt.problems)
            tx.answer(cause, refused)
        elif receipt is None and name not in before and not cause.body.new:
            tx.refuse(cause, _answered_elsewhere())
        else:
            complaint_id = receipt.complaint_id if receipt else before.get(name)
            tx.answer(cause, Answered(submission=name[1], accepted=True, complaint_id=complaint_id))


def _answered_elsewhere() -> Problem:
    """It came before, by Kafka or long ago, and became no complaint: a service record, or it was refused then."""
    problem = "is that of a submission that came before; its answer, if it was refused, is on receipts.v1"
    return Problem(409, "submitted-before", "This submission came before", errors=[FieldError("id", problem)])
