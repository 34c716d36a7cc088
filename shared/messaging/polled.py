"""FastStream middleware: a span for each poll that brought records. The batches of its partitions lie in it.

FastStream's own would read every record's headers and body, which our parser leaves alone, and needs them decoded.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from faststream import BaseMiddleware
from faststream.message import StreamMessage
from opentelemetry.trace import SpanKind

from shared.telemetry import traces


class Polled(BaseMiddleware):
    """Around the handler, for as long as it awaits."""

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: StreamMessage[Any]) -> Any:
        """Handle one poll."""
        with traces.span("poll", SpanKind.CONSUMER, attributes={"messaging.batch.message_count": len(msg.raw_message)}):
            return await call_next(msg)
