"""Who wants no mails of courtesy."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.notifications.model.documents import Preferences, Preferring
from services.notifications.store.reads import Reads
from shared.messaging.tx import Tx

PREFER = """INSERT INTO preference (recipient, courtesy_mails, changed_at)
SELECT recipient, courtesy_mails, $3 FROM unnest($1::uuid[], $2::bool[]) AS p (recipient, courtesy_mails)
ON CONFLICT (recipient) DO UPDATE SET courtesy_mails = excluded.courtesy_mails, changed_at = excluded.changed_at"""


async def prefer(tx: Tx, wanted: Sequence[Preferring]) -> None:
    """Keep what recipients want: of each the last one counts. Their names are locked."""
    last = {each.recipient: each.preferences.courtesy_mails for each in wanted}
    await tx.execute(PREFER, list(last), list(last.values()), tx.now)


UNWILLING = "SELECT recipient FROM preference WHERE recipient = ANY($1::uuid[]) AND NOT courtesy_mails"


async def unwilling(reads: Reads, recipients: Iterable[UUID]) -> set[UUID]:
    """Those of the recipients who want no mails of courtesy."""
    return {row["recipient"] for row in await reads.fetch(UNWILLING, sorted(set(recipients)))}


async def preferences(reads: Reads, recipient: UUID) -> Preferences:
    """What a recipient wants."""
    return Preferences(courtesy_mails=not await unwilling(reads, [recipient]))
