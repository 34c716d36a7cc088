"""A sender that is backed up and restored: its tables go back, its topic does not."""

from __future__ import annotations

from typing import Any

from shared import db
from shared.messaging import stream
from shared.messaging.relay.loop import Restored
from shared.messaging.restored import Raised, raise_above
from shared.messaging.tx import Cause, Told
from tests.shared.messaging.play import BEGINNING, ECHOES, Echoed
from tests.shared.messaging.post import Post, effects

TABLES = ("stream", "outbox", "relay", "lost")
BACK_UP = "CREATE TABLE kept.{0} AS TABLE public.{0}"
RESTORE = "INSERT INTO public.{0} SELECT * FROM kept.{0}"
IDENTITY = "SELECT setval('outbox_id_seq', last_value, is_called) FROM kept.identity"
TRIM = "DELETE FROM outbox"


def told(key: str, label: str) -> Told:
    """An event that follows from its label: telling it again gives the same id."""
    cause: Cause[Any] = Cause(body=None, id=label, at=BEGINNING, order=0, correlation_id="c")
    return Told(Echoed(subject=key, label=label), key, cause, 1, "c")


class Sender:
    """Tells, sends, is backed up and restored, all on one database; `post` is its topic."""

    def __init__(self, post: Post) -> None:
        self.post, self.pool = post, post.world.look

    async def tell(self, labels: str, connection: db.Connection | None = None) -> None:
        """Tell events in one transaction, or in the given one: `"a1 b1"` is one of key a and one of key b."""
        events = [told(label[0], label) for label in labels.split()]
        async with self.pool.acquire() as own:
            await stream.tell(connection or own, events)

    async def send(self) -> str:
        """A relay takes the lease, looks, sends all and stops. Gives "sent", "restored" or "waits"."""
        relay = self.post.relay()
        async with self.pool.acquire() as connection:
            try:
                async with self.post.producer() as producer:
                    lease = await self.post.send_all(relay, connection, producer)
            except Restored:
                lease = await relay.take(connection)
            if lease is None:
                return "waits"
            await lease.release(connection)
        return "restored" if lease.restored else "sent"

    async def back_up(self) -> None:
        """Keep the tables as one moment shows them."""
        async with self.pool.acquire() as connection:
            await connection.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
            async with connection.transaction(isolation="repeatable_read"):
                for table in TABLES:
                    await connection.execute(BACK_UP.format(table))
                await connection.execute(
                    "CREATE TABLE kept.identity AS SELECT last_value, is_called FROM outbox_id_seq"
                )

    async def restore(self) -> None:
        """Put the tables back as they were kept."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(f"TRUNCATE {', '.join(TABLES)}")
            for table in TABLES:
                await connection.execute(RESTORE.format(table))
            await connection.execute(IDENTITY)

    async def lose(self, before: str, after: str) -> None:
        """Tell and send events, some before a backup and some after it; then restore it."""
        await self.tell(before)
        assert await self.send() == "sent"
        await self.back_up()
        await self.tell(after)
        assert await self.send() == "sent"
        await self.restore()

    async def took_effect(self, key: str = "a") -> list[str]:
        """What a consumer of the topic applied of a key."""
        return effects(await self.post.records())[key]

    async def trim(self) -> None:
        """Retention takes every row that was sent."""
        await self.pool.execute(TRIM)

    async def raise_above(self, seconds: float = 5.0) -> Raised:
        return await raise_above(self.pool, self.post.brokers, self.post.prefix, [ECHOES.name], seconds)

    async def mend(self) -> Raised:
        """What the operator does: the relay refuses, the numbers are raised, the relay sends."""
        assert await self.send() == "restored"
        raised = await self.raise_above()
        assert await self.send() == "sent"
        return raised
