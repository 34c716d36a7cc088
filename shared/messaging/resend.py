"""Queueing what was told once more, under the same ids and sequences, for a consumer that lacks it."""

from shared.db import Connection

# The lock of the key's stream: nobody tells the key in between, and raising above a topic waits.
LOCK = "SELECT FROM stream WHERE stream = $1 AND key = $2 FOR UPDATE"
AGAIN = """INSERT INTO outbox
    (topic, key, sequence, event_id, type, at, correlation_id, causation_id, traceparent, payload)
SELECT topic, key, sequence, event_id, type, at, correlation_id, causation_id, traceparent, payload
FROM (SELECT DISTINCT ON (sequence) * FROM outbox WHERE topic = $1 AND key = $2 AND sequence >= $3
      ORDER BY sequence, id) AS told
ORDER BY sequence RETURNING sequence"""


async def resend(connection: Connection, stream: str, key: str, start: int) -> int:
    """Queue the events of a key from sequence `start` on again, in the caller's transaction. Gives how many.

    Only what the outbox still has can be sent again. Consumers drop what they have seen.
    """
    async with connection.transaction():
        await connection.fetch(LOCK, stream, key)
        return len(await connection.fetch(AGAIN, stream, key, start))
