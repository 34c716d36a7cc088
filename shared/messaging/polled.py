"""What FastStream is given for each poll that brought records: a span, and a parser that leaves them as they are.

FastStream's own middleware would read every record's headers and body, and needs them decoded.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import ConsumerRecord
from faststream import BaseMiddleware
from faststream.kafka import KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER
from faststream.message import StreamMessage
from opentelemetry.trace import SpanKind

from shared.telemetry import traces


class Polled(BaseMiddleware):
    """Around the handler, for as long as it awaits: the batches of the partitions lie in the span."""

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: StreamMessage[Any]) -> Any:
        """Handle one poll."""
        with traces.span("poll", SpanKind.CONSUMER, attributes={"messaging.batch.message_count": len(msg.raw_message)}):
            return await call_next(msg)


async def parse(message: tuple[ConsumerRecord, ...]) -> KafkaMessage:
    """The raw records and nothing else, so that no header or body can fail a batch."""
    return KafkaMessage(body=list(message), raw_message=message, consumer=FAKE_CONSUMER)


async def decode(message: KafkaMessage) -> list[Any]:
    """The same."""
    return list(message.raw_message)
