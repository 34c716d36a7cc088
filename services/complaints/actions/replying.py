"""What reporters do with their cases, by their receipt codes."""

from collections.abc import Sequence

from services.complaints.actions.cases import decide
from services.complaints.model.cases import OnCase, OwnCaseStands
from services.complaints.rules import replying as rules
from services.complaints.rules.cases import Done
from services.complaints.rules.states import PUBLIC
from shared.messaging.tx import Cause, Tx


async def provide(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Give what officers asked for."""
    await decide(tx, causes, rules.provide, _stands)


async def comment(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Say something on own cases."""
    await decide(tx, causes, rules.comment, _stands)


async def close(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Be satisfied with answers."""
    await decide(tx, causes, rules.close, _stands)


async def reopen(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Be not satisfied with answers."""
    await decide(tx, causes, rules.reopen, _stands)


async def rate(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Say how satisfied one is with the handling."""
    await decide(tx, causes, rules.rate, _stands)


async def withdraw(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Take complaints back."""
    await decide(tx, causes, rules.withdraw, _stands)


def _stands(done: Done) -> OwnCaseStands:
    return OwnCaseStands(complaint_id=done.complaint.complaint_id, status=PUBLIC[done.complaint.state])
