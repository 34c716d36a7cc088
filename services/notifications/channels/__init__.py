"""The ways out: each channel takes one rendered message at a time and says what became of it."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from services.notifications.model.deliveries import Message, Sent


class Channel(Protocol):
    """A channel never raises for a message: what goes wrong is an answer, so that one message can't stop the others.

    `repeatable`: a message given twice is shown once, so a crash in between leaves nothing unknown.
    `turns`: entered for each message; lets in as many as the channel can have under way.
    """

    repeatable: bool
    turns: AbstractAsyncContextManager[Any]

    async def send(self, message: Message) -> Sent:
        """Send one message. RETRY and POSTPONE only where it surely has not been sent, LOSE where nobody can know."""

    async def close(self) -> None:
        """Let go of connections."""
