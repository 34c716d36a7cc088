"""What strangers are told on `receipts.v1`: accepted, or refused field by field; never a value they sent."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from shared.errors import FieldError
from shared.events.complaints import FieldProblem, SubmissionAccepted, SubmissionRefused
from shared.messaging.record import Invalid
from shared.messaging.tx import Cause, Tx


def accept(tx: Tx, cause: Cause[Any], complaint_id: UUID) -> None:
    """Tell an office which complaint its submission became."""
    told = SubmissionAccepted(source=cause.source, submission=cause.id, complaint_id=complaint_id)
    tx.tell(told, cause=cause, correlation_id=str(complaint_id))


def refuse(tx: Tx, cause: Cause[Any], problems: Iterable[FieldError]) -> None:
    """Tell an office everything that was wrong with its submission or service record."""
    told = tuple(FieldProblem(field=problem.field, problem=problem.problem) for problem in problems)
    tx.tell(SubmissionRefused(source=cause.source, submission=cause.id, problems=told), cause=cause)


async def refuse_unreadable(tx: Tx, causes: Sequence[Cause[Invalid]]) -> None:
    """Tell offices why their records could not be read; the records are kept as dead letters too."""
    for cause in causes:
        refuse(tx, cause, cause.body.problems)
