"""The in-app inbox: what is shown to whom, and when it was read."""

from collections.abc import Sequence
from uuid import UUID

from services.notifications.model.deliveries import Message
from services.notifications.model.documents import InboxEntry, Reading
from services.notifications.model.whats import What
from services.notifications.store.reads import Reads
from shared.messaging.tx import Tx

PUT_IN_INBOX = """INSERT INTO inbox (delivery_id, recipient, language, subject, text, at)
VALUES ($1, $2, $3, $4, $5, clock_timestamp()) ON CONFLICT (delivery_id) DO NOTHING"""


async def put_in_inbox(reads: Reads, message: Message) -> None:
    """Show a message in the inbox of its recipient; again, it shows once."""
    recipient = UUID(message.address)
    await reads.fetch(PUT_IN_INBOX, message.delivery_id, recipient, message.language, message.subject, message.text)


ENTRIES = """SELECT i.delivery_id, own.what, i.subject, i.text, i.language, i.at, i.read_at, mail.state AS mail,
    coalesce(mail.reason, '') AS mail_reason
FROM inbox i LEFT JOIN delivery own USING (delivery_id)
    LEFT JOIN delivery mail ON (mail.event_id, mail.recipient, mail.channel) = (own.event_id, own.recipient, 'email')"""
INBOX = f"""{ENTRIES}
WHERE i.recipient = $1 AND ($2::text IS NULL OR own.what = $2) AND ($3::bool IS NULL OR (i.read_at IS NULL) = $3)
    AND ($4::uuid IS NULL OR (i.at, i.delivery_id) <
        (SELECT at, delivery_id FROM inbox WHERE recipient = $1 AND delivery_id = $4))
ORDER BY i.at DESC, i.delivery_id DESC LIMIT $5"""  # noqa: S608


async def inbox(
    reads: Reads,
    recipient: UUID,
    after: UUID | None,
    limit: int,
    *,
    what: What | None = None,
    unread: bool | None = None,
) -> list[InboxEntry]:
    """A recipient's messages, newest first, those older than the message `after`; of one kind, read or unread."""
    rows = await reads.fetch(INBOX, recipient, what, unread, after, limit)
    return [InboxEntry.model_validate(dict(row)) for row in rows]


# The first time counts: a repetition writes nothing.
MARK_READ = """UPDATE inbox SET read_at = $3 FROM unnest($1::uuid[], $2::uuid[]) AS r (recipient, delivery_id)
WHERE (inbox.recipient, inbox.delivery_id) = (r.recipient, r.delivery_id) AND read_at IS NULL"""
OWN = f"""{ENTRIES}
JOIN unnest($1::uuid[], $2::uuid[]) AS r (recipient, delivery_id)
    ON (i.recipient, i.delivery_id) = (r.recipient, r.delivery_id)"""


async def mark_read(tx: Tx, wanted: Sequence[Reading]) -> dict[UUID, InboxEntry]:
    """Mark messages as read, and give them by id: of each recipient only their own. Their names are locked."""
    places = [one.recipient for one in wanted], [one.delivery_id for one in wanted]
    await tx.execute(MARK_READ, *places, tx.now)
    return {row["delivery_id"]: InboxEntry.model_validate(dict(row)) for row in await tx.fetch(OWN, *places)}
