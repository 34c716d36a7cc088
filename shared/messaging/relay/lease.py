"""The relay's row: the lease of its one owner, the cursor, and how far its topics were acknowledged."""

import json
import time
from dataclasses import dataclass

from shared.db import Connection
from shared.messaging.outbox import Cursor

Offsets = dict[tuple[str, int], int]
"""By topic (without the prefix) and partition: the offset after the last record known there."""

LEASE = """UPDATE relay SET
    epoch = CASE WHEN owner = $1 AND lease_until >= clock_timestamp() THEN epoch ELSE epoch + 1 END,
    owner = $1, lease_until = clock_timestamp() + make_interval(secs => $2)
WHERE name = 'outbox' AND (owner = $1 OR owner IS NULL OR lease_until < clock_timestamp())
RETURNING epoch, since, until, last_id, cluster, offsets, restored"""
# Of its own epoch only, and only over the very cursor that it wrote: a restore beneath it brings back another one.
SAVE = """UPDATE relay SET since = $3, until = $4, last_id = $5, cluster = $6, offsets = $7, restored = $8,
    lease_until = clock_timestamp() + make_interval(secs => $9)
WHERE name = 'outbox' AND epoch = $1 AND owner = $2 AND (since, until, last_id) = ($10, $11, $12) RETURNING epoch"""
RELEASE = "UPDATE relay SET owner = NULL, lease_until = '-infinity' WHERE name = 'outbox' AND epoch = $1 AND owner = $2"


class Lost(Exception):
    """Somebody else is at work: the lease has another owner, the cursor is not the one that was written, or the topics
    hold records between those of this relay. So it looks again."""


@dataclass(slots=True)
class Lease:
    """What the owner holds, and until when (this process's monotonic clock) it may send."""

    owner: str
    seconds: float
    epoch: int
    cursor: Cursor
    cluster: str | None
    offsets: Offsets
    restored: bool
    written: Cursor
    saved_at: float
    unsaved: bool = False

    @property
    def until(self) -> float:
        """When it lapses."""
        return self.saved_at + self.seconds

    async def save(self, connection: Connection) -> None:
        """Save the cursor and renew the lease. Raises Lost."""
        asked, now, was = time.monotonic(), self.cursor, self.written
        found = await connection.fetchrow(
            SAVE, self.epoch, self.owner, now.since, now.until, now.last_id, self.cluster, written(self.offsets),
            self.restored, self.seconds, was.since, was.until, was.last_id,
        )  # fmt: skip
        if found is None:
            raise Lost
        self.written, self.unsaved, self.saved_at = now, False, asked

    async def renew(self, connection: Connection) -> None:
        """Save when a third of the lease has passed. Raises Lost."""
        if time.monotonic() > self.saved_at + self.seconds / 3:
            await self.save(connection)

    async def release(self, connection: Connection) -> None:
        """Give it back, so that the next owner need not wait."""
        await connection.execute(RELEASE, self.epoch, self.owner)


async def take(connection: Connection, owner: str, seconds: float) -> Lease | None:
    """Take or renew the lease; None while another owner holds it."""
    asked = time.monotonic()
    row = await connection.fetchrow(LEASE, owner, seconds)
    if row is None:
        return None
    cursor = Cursor(row["since"], row["until"], row["last_id"])
    return Lease(
        owner, seconds, row["epoch"], cursor, row["cluster"], read(row["offsets"]), row["restored"], cursor, asked
    )


def read(document: str) -> Offsets:
    """Offsets as the row holds them."""
    topics = json.loads(document)
    return {(topic, int(n)): offset for topic, partitions in topics.items() for n, offset in partitions.items()}


def written(offsets: Offsets) -> str:
    """Offsets as the row is to hold them."""
    topics: dict[str, dict[int, int]] = {}
    for (topic, partition), offset in sorted(offsets.items()):
        topics.setdefault(topic, {})[partition] = offset
    return json.dumps(topics)
