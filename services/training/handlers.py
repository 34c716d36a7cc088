"""What training does about facts. Whatever gives or takes a seat holds the lock of all seats."""

from collections.abc import Sequence

from services.training.actions import SEATS, learning, needs
from shared.events.directory import EmployeeRecorded
from shared.events.evaluation import (
    EvaluationCompleted,
    EvaluationConfirmed,
    EvaluationWithdrawn,
    ObjectionDecided,
    ObjectionFiled,
)
from shared.messaging.listens import Listens
from shared.messaging.tx import Cause, Name, Tx

listens = Listens()


def seats(event: object) -> list[Name]:
    """Whoever allocates judges all seats, since a need may take a seat in any of several courses."""
    return [SEATS]


def seats_for_needs(event: needs.Judging) -> list[Name]:
    """The same, where a result has to do with needs: most have not."""
    return [SEATS] if needs.concerns_needs(event) else []


@listens.to(EvaluationCompleted, EvaluationConfirmed, ObjectionDecided, locks=seats_for_needs)
async def follow_needs(tx: Tx, causes: Sequence[Cause[needs.Judging]]) -> None:
    """A need is treated at once: enrolment is support, not a sanction. One that is taken back ends."""
    await needs.follow(tx, causes)


@listens.to(EvaluationWithdrawn, locks=seats)
async def withdraw_needs(tx: Tx, causes: Sequence[Cause[EvaluationWithdrawn]]) -> None:
    """What lost its evaluation ends."""
    await needs.withdraw(tx, causes)


@listens.to(ObjectionFiled, locks=seats)
async def suspend_needs(tx: Tx, causes: Sequence[Cause[ObjectionFiled]]) -> None:
    """An objection suspends the effects (PP 30/2019 art. 59)."""
    await needs.suspend(tx, causes)


@listens.to(EmployeeRecorded)
async def keep_employees(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """Which learning hours hold depends on how somebody is employed."""
    await learning.keep_employees(tx, causes)
