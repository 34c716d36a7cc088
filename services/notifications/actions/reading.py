"""A recipient says that a message is read."""

from collections.abc import Sequence

from services.notifications.model.documents import Reading
from services.notifications.store import inbox
from shared.errors import Problem
from shared.messaging.tx import Cause, Name, Tx


def message(asked: Reading) -> list[Name]:
    """Which message it is."""
    return [("message", str(asked.delivery_id))]


async def mark_read(tx: Tx, causes: Sequence[Cause[Reading]]) -> None:
    """Keep when one's own message was first read; said again it changes nothing. Refuses another's as not there."""
    found = await inbox.mark_read(tx, [cause.body for cause in causes])
    for cause in causes:
        entry = found.get(cause.body.delivery_id)
        if entry is None:
            tx.refuse(cause, unknown())
        else:
            tx.answer(cause, entry)


def unknown() -> Problem:
    """Not there, or another's."""
    return Problem(404, "not-found", "Not found", "There is no such message in this inbox.")
