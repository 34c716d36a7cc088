"""The in-app inbox: a row in our own database."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import asyncpg

from services.notifications.model.deliveries import Message, Sent
from services.notifications.model.words import Verb


class Inbox:
    """Accepts at once. Giving a message twice shows it once."""

    repeatable = True

    def __init__(self, put: Callable[[Message], Awaitable[None]]) -> None:
        self._put = put
        self.turns: AbstractAsyncContextManager[Any] = nullcontext()

    async def send(self, message: Message) -> Sent:
        """Put a message into the inbox that its address names."""
        try:
            await self._put(message)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            return Sent(Verb.RETRY, f"inbox {type(error).__name__}")
        return Sent(Verb.ACCEPT)

    async def close(self) -> None:
        """Nothing: the pool is the process's."""
