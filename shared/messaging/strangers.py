"""The strangers' second door: events that they would send to their topic come in by HTTP, to the same listeners.

Source and id name an event at both doors: by whichever it comes first, it takes effect once. The request row around it
keeps its answer for a repetition. Lock order: request -> stranger -> names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, InstanceOf

from shared.db import Connection
from shared.errors import FieldError, Problem
from shared.events import Topic
from shared.messaging.inbox import Inbox
from shared.messaging.record import STRUCTURED, Message, Reading, Record, read
from shared.messaging.requests import Batch, Call, Requests
from shared.messaging.tx import Tx
from shared.messaging.waves import Work


class Posted(BaseModel):
    """An event that was posted, as the topic's reader reads it. A repetition must say the same, at whatever time."""

    model_config = ConfigDict(frozen=True)

    message: InstanceOf[Message] = Field(exclude=True)
    type: str
    says: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A posted event once its listener was called: what a command's verb answers. `new`: it had not come before."""

    message: Message
    new: bool


def posted(topic: Topic, body: bytes, traceparent: str | None) -> Posted:
    """Read a structured CloudEvent. Raises Problem 422 where it has no source and id to be known by."""
    headers = [("content-type", STRUCTURED.encode()), ("traceparent", (traceparent or "").encode())]
    message = read(Record(topic.name, -1, -1, None, headers, body))
    if message.reading is Reading.UNPLACEABLE:
        errors = [FieldError("event", message.reason)]
        raise Problem(422, "nameless-event", "The event can't be known by its source and id", errors=errors)
    says = message.event.model_dump_json(exclude_unset=True) if message.event else body.decode(errors="replace")
    return Posted(message=message, type=message.type, says=says)


class Strangers(Requests):
    """The queue in front of the door. A call's body is a `Posted`; its command's verb answers each as `Settled`."""

    def __init__(self, inbox: Inbox, limit: int) -> None:
        super().__init__(inbox.runner, limit)
        self.inbox = inbox

    def batch(self, calls: Sequence[Call]) -> Batch:
        """One try at some calls."""
        return _Batch(self.inbox, calls)


class _Batch(Batch):
    """Requests around a batch of events.

    What can't be read is no dead letter here: its listener answers it, and who posted it still has it.
    """

    name = "strangers"

    def __init__(self, inbox: Inbox, calls: Sequence[Call]) -> None:
        super().__init__(calls)
        self.events = inbox.batch([_message(call) for call in calls], moving=False)

    async def open(self, connection: Connection) -> tuple[datetime, Sequence[Work]]:
        """Claim the requests and the events, lock the names, and see which were answered before."""
        await self.claim(connection)
        now, works = await self.events.open(connection)
        await self.recall(connection)
        return now, works

    async def close(self, tx: Tx) -> None:
        """Answer what has no answer yet; then as for all requests."""
        causes = []
        for order, call in enumerate(self.calls):
            if id(call) not in self.outcomes:
                message = _message(call)
                settled: Any = Settled(message, id(message) in self.events.claimed)
                causes.append(replace(self.work(order, call, tx.now).cause, body=settled))
        if causes:
            await self.calls[0].command.verb(tx, causes)
        await super().close(tx)


def _message(call: Call) -> Message:
    body: Any = call.body
    message: Message = body.message
    return message
