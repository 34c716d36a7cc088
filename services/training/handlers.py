"""What training does about facts: it enrols when an evaluation shows a need."""

from collections.abc import Sequence

from services.training import actions
from shared.events.evaluation import EvaluationCompleted
from shared.messaging.listens import Listens
from shared.messaging.tx import Cause, Name, Tx

listens = Listens()


def seats(event: EvaluationCompleted) -> list[Name]:
    """Whoever allocates judges all seats, since a need may take a seat in any of several courses."""
    return [("catalogue", "seats")] if event.needs else []


@listens.to(EvaluationCompleted, locks=seats)
async def enrol(tx: Tx, causes: Sequence[Cause[EvaluationCompleted]]) -> None:
    """A need is treated at once: enrolment is support, not a sanction."""
    await actions.enrol(tx, causes)
