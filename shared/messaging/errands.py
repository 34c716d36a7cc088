"""The door of a service's own loops: outcomes of work outside (a send, a fetch) recorded as one batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.db import Connection
from shared.messaging.listens import Handler
from shared.messaging.runner import Runner, lock
from shared.messaging.tx import Cause, Name, Tx
from shared.messaging.waves import Work


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to record: `id` names it (the same id tells the same events), `at` dates it, `names` lock it."""

    id: str
    at: datetime
    body: Any
    names: tuple[Name, ...] = ()
    correlation_id: str = ""


async def record(runner: Runner, verb: Handler, errands: Sequence[Errand]) -> None:
    """Run a plural verb over errands in one transaction. Raises whatever fails; then nothing is left."""
    await runner.run(_Batch(verb, errands))


class _Batch:
    name = "errands"

    def __init__(self, verb: Handler, errands: Sequence[Errand]) -> None:
        self.verb = verb
        self.errands = errands

    @property
    def size(self) -> int:
        """How many errands."""
        return len(self.errands)

    async def open(self, connection: Connection) -> tuple[datetime, Sequence[Work]]:
        """Lock the names."""
        now = await lock(connection, (n for e in self.errands for n in e.names))
        return now, [self._work(order, errand) for order, errand in enumerate(self.errands)]

    def _work(self, order: int, errand: Errand) -> Work:
        cause: Cause[Any] = Cause(
            body=errand.body,
            id=errand.id,
            at=errand.at,
            order=order,
            correlation_id=errand.correlation_id or errand.id,
        )
        return Work(cause, self.verb, "errand", errand.id, errand.names)

    async def close(self, tx: Tx) -> None:
        """Nothing more."""
