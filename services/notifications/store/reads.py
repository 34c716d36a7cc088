"""Who reads here: a batch, a route, or the loop that sends."""

from typing import Any, Protocol

from asyncpg import Record


class Reads(Protocol):
    """Whatever can read: a batch's transaction, a reader of the API, a pool."""

    async def fetch(self, sql: str, *arguments: Any) -> list[Record]:
        """All rows of a statement."""
