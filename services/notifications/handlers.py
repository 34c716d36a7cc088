"""What notifications does about facts: it puts deliveries on their way, and remembers how to reach civil servants."""

from collections.abc import Sequence
from typing import Any

from services.notifications.actions import announce
from services.notifications.rules import telling
from shared.events.directory import EmployeeRecorded
from shared.messaging.listens import Listens
from shared.messaging.tx import Cause, Tx

listens = Listens()


@listens.to(*telling.EVENTS)
async def put_on_their_way(tx: Tx, causes: Sequence[Cause[Any]]) -> None:
    """Everybody concerned is told; who concerns whom is a rule."""
    await announce.announce(tx, causes)


@listens.to(EmployeeRecorded)
async def keep_people(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """The directory says how to reach a civil servant, in which language, and who the superior is."""
    await announce.keep_people(tx, causes)
