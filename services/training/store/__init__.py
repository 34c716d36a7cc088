"""All SQL of the training service."""

from typing import Any, Protocol

from asyncpg import Record


class Reads(Protocol):
    """Whatever can read: a batch's transaction, a reader of the API, a pool."""

    async def fetch(self, sql: str, *arguments: Any) -> list[Record]: ...
