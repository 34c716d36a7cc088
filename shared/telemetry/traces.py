"""OpenTelemetry traces, in W3C form: HTTP -> outbox row -> record -> the batch that it causes -> outbox row ...

A told event carries the context of its cause, so a flow is one trace; a batch serves many flows, so it is a span of
its own that links to them. Off, and nearly free, unless the environment names an endpoint (`OTEL_EXPORTER_OTLP_...`).
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NoOpTracer, Span, SpanKind, Status, StatusCode, Tracer, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
TIMEOUTS = ("OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT")
EXPORT_SECONDS = 2.0
"""The last export lies in the way of a shutdown; the SDK's own 10 s would use up all of its time."""
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
NOT_SAMPLED = "-00"
W3C = TraceContextTextMapPropagator()
OFF: Tracer = NoOpTracer()
_tracer = OFF


def configure(service: str, environment: Mapping[str, str] = os.environ) -> None:
    """Export spans where the environment says where to; the SDK reads the other `OTEL_...` names itself."""
    if not any(environment.get(name) for name in ENDPOINTS) or environment.get("OTEL_TRACES_EXPORTER") == "none":
        return
    # Here, since these take half a second and 7 MB that nobody pays who does not trace.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = environment.get("OTEL_SERVICE_NAME") or f"salor-{service}"
    seconds = None if any(environment.get(each) for each in TIMEOUTS) else EXPORT_SECONDS
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=seconds)))
    use(provider)


def use(provider: TracerProvider | None) -> None:
    """Make spans with this provider; with none, make none."""
    global _tracer
    _tracer = OFF if provider is None else provider.get_tracer("salor")


def well_formed(traceparent: str) -> str | None:
    """What may be passed on as a place in a trace; anything else is somebody's text."""
    return traceparent if TRACEPARENT.fullmatch(traceparent) else None


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: str | None = None,
    attributes: Mapping[str, str | int] | None = None,
) -> Iterator[Span]:
    """A span around some work, below `parent` or the current one. Of an error only its type is kept, never its text."""
    opened = _tracer.start_span(name, _context(parent) if parent else None, kind, attributes)
    with trace.use_span(opened, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield opened
        except BaseException as error:
            opened.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def link(traceparents: Iterable[str | None]) -> None:
    """Link the current span to its causes."""
    current = trace.get_current_span()
    if current.is_recording():
        for traceparent in sorted({each for each in traceparents if each}):
            current.add_link(trace.get_current_span(_context(traceparent)).get_span_context())


@contextmanager
def sends(rows: Sequence[tuple[str, str | None]]) -> Iterator[list[str | None]]:
    """A span for each (topic, traceparent) that is being sent; gives what each record is to carry."""
    if _tracer is OFF:
        yield [traceparent for _, traceparent in rows]
        return
    spans = [_send(topic, traceparent) for topic, traceparent in rows]
    try:
        yield [
            traceparent if each is None else _traceparent(each)
            for each, (_, traceparent) in zip(spans, rows, strict=True)
        ]
    finally:
        for each in spans:
            if each is not None:
                each.end()


def _send(topic: str, traceparent: str | None) -> Span | None:
    if not traceparent or traceparent.endswith(NOT_SAMPLED):
        return None
    attributes = {"messaging.system": "kafka", "messaging.destination.name": topic}
    return _tracer.start_span(f"{topic} send", _context(traceparent), SpanKind.PRODUCER, attributes)


def current() -> str | None:
    """Where in a trace we are, as W3C writes it; None outside of any."""
    return _traceparent(trace.get_current_span())


def current_trace() -> str | None:
    """The id of the trace that we are in."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


def _context(traceparent: str) -> Context:
    return W3C.extract({"traceparent": traceparent}, Context())


def _traceparent(of: Span) -> str | None:
    context = of.get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
