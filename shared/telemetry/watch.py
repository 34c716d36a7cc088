"""Around every HTTP request: a span and a measurement, by the template of its route."""

import time

from opentelemetry.trace import SpanKind
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry import traces
from shared.telemetry.metrics import Metrics

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class Watch:
    """ASGI middleware, the outermost. What fits no route is `unmatched`, a request without an answer `none`."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "other"
        parent = traces.well_formed(Headers(scope=scope).get("traceparent", ""))
        started, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with traces.span(method, SpanKind.SERVER, parent) as span:
            try:
                await self.app(scope, receive, answer)
            finally:
                route = getattr(scope.get("route"), "path", "unmatched")
                seconds = time.perf_counter() - started
                self.metrics.http.labels(method, route, f"{status // 100}xx" if status else "none").observe(seconds)
                span.update_name(f"{method} {route}")
                span.set_attributes({"http.route": route, "http.response.status_code": status})
