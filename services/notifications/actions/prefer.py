"""A recipient says which mails are wanted."""

from collections.abc import Sequence

from services.notifications.model.documents import Preferring
from services.notifications.store import preferences
from shared.messaging.tx import Cause, Name, Tx


def recipient(wanted: Preferring) -> list[Name]:
    """Whose preferences they are."""
    return [("recipient", str(wanted.recipient))]


async def prefer(tx: Tx, causes: Sequence[Cause[Preferring]]) -> None:
    """Keep it; what is not sent yet follows it."""
    await preferences.prefer(tx, [cause.body for cause in causes])
    for cause in causes:
        tx.answer(cause, cause.body.preferences)
