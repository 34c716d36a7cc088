"""The in-app inbox."""

from uuid import UUID

from services.notifications.model.deliveries import Message
from services.notifications.model.documents import InboxEntry
from services.notifications.model.whats import What
from services.notifications.store.reads import Reads

PUT_IN_INBOX = """INSERT INTO inbox (delivery_id, recipient, language, subject, text, at)
VALUES ($1, $2, $3, $4, $5, clock_timestamp()) ON CONFLICT (delivery_id) DO NOTHING"""


async def put_in_inbox(reads: Reads, message: Message) -> None:
    """Show a message in the inbox of its recipient; again, it shows once."""
    recipient = UUID(message.address)
    await reads.fetch(PUT_IN_INBOX, message.delivery_id, recipient, message.language, message.subject, message.text)


INBOX = """SELECT i.delivery_id, own.what, i.subject, i.text, i.language, i.at, i.read_at, mail.state AS mail,
    coalesce(mail.reason, '') AS mail_reason
FROM inbox i LEFT JOIN delivery own USING (delivery_id)
    LEFT JOIN delivery mail ON (mail.event_id, mail.recipient, mail.channel) = (own.event_id, own.recipient, 'email')
WHERE i.recipient = $1 AND ($2::text IS NULL OR own.what = $2) AND ($3::uuid IS NULL OR (i.at, i.delivery_id) <
    (SELECT at, delivery_id FROM inbox WHERE recipient = $1 AND delivery_id = $3))
ORDER BY i.at DESC, i.delivery_id DESC LIMIT $4"""


async def inbox(
    reads: Reads, recipient: UUID, after: UUID | None, limit: int, *, what: What | None = None
) -> list[InboxEntry]:
    """A recipient's messages, newest first, those older than the message `after`; of one kind or of all."""
    rows = await reads.fetch(INBOX, recipient, what, after, limit)
    return [InboxEntry.model_validate(dict(row)) for row in rows]
