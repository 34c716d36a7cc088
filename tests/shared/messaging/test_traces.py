"""A flow is one trace: from an HTTP request through two services on a real broker, and each batch is linked to it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from shared.service import App, Service
from shared.telemetry import traces
from tests.servers import Database
from tests.shared.messaging import test_timers as bells
from tests.shared.messaging.chain import Chain, chain, post, routes, running
from tests.shared.messaging.play import Happened, Poisoned, happened
from tests.shared.messaging.world import World
from tests.until import until

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00"
TRACEPARENTS = "SELECT traceparent FROM outbox ORDER BY id"


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    """Keeps all spans that end while a test runs."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    traces.use(provider)
    yield exporter
    traces.use(None)


@pytest.fixture
async def services(database: Database, kafka_address: str, topic_prefix: str) -> AsyncIterator[Chain]:
    async with chain(await database(None), await database(None), kafka_address, topic_prefix) as made:
        yield made


def named(exporter: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if span.name == name]


def trace_of(span: ReadableSpan) -> str:
    return f"{span.context.trace_id:032x}"


def links_of(spans: Sequence[ReadableSpan]) -> set[str]:
    return {f"{link.context.trace_id:032x}" for span in spans for link in span.links}


async def test_a_flow_through_two_services_is_one_trace(services: Chain, exporter: InMemorySpanExporter) -> None:
    answer = await services.order("a1", traceparent=SAMPLED)
    assert answer.status_code == 201
    (echo,) = await services.echoes(1)
    await until(lambda: bool(named(exporter, "echoes.v1 send")))
    (server,) = named(exporter, "POST /orders/{number}")
    (first,), (second,) = named(exporter, "history.v1 send"), named(exporter, "echoes.v1 send")
    assert {trace_of(span) for span in (server, first, second)} == {TRACE}
    parents = [f"{span.parent.span_id:016x}" if span.parent else "" for span in (server, first, second)]
    ids = [f"{span.context.span_id:016x}" for span in (server, first, second)]
    assert parents == [PARENT, *ids[:2]], "each below the one that caused it"
    assert dict(echo.headers)["traceparent"].decode() == f"00-{TRACE}-{ids[2]}-01", "whoever reads it goes on"
    assert links_of(named(exporter, "commands batch")) == links_of(named(exporter, "events batch")) == {TRACE}
    (poll,) = named(exporter, "poll")
    assert all(b.parent and b.parent.span_id == poll.context.span_id for b in named(exporter, "events batch"))


@pytest.fixture
async def first(database: Database) -> AsyncIterator[App]:
    """The first service, as far as its outbox."""
    service = Service("first", tells=(Happened,), routes=routes)
    async with running(service, database_url=await database(None), kafka="", roles=("api",)) as app:
        yield app


async def test_a_request_without_a_trace_begins_one(first: App, exporter: InMemorySpanExporter) -> None:
    await post(first, "a1", traceparent="Siti Aminah")
    (server,) = named(exporter, "POST /orders/{number}")
    assert (await first.pool.fetchval(TRACEPARENTS)).split("-")[1] == trace_of(server)


async def test_without_an_endpoint_the_callers_trace_goes_through_as_it_came(first: App) -> None:
    await post(first, "a1", traceparent=SAMPLED)
    assert await first.pool.fetchval(TRACEPARENTS) == SAMPLED


async def test_what_is_told_carries_the_context_of_its_own_cause(world: World, exporter: InMemorySpanExporter) -> None:
    replica = await world.replica()
    with_trace = happened("a1", tells=("s",))
    with_trace = replace(with_trace, headers=[*with_trace.headers, ("traceparent", SAMPLED.encode())])
    junk = happened("b1", tells=("s",))
    junk = replace(junk, headers=[*junk.headers, ("traceparent", b"Siti Aminah, 3175094107850003")])
    await replica.settle([with_trace, junk])
    mine, begun = [row[0] for row in await world.look.fetch(TRACEPARENTS)]
    (batch,) = named(exporter, "events batch")
    assert mine == SAMPLED
    place = f"00-{trace_of(batch)}-{batch.context.span_id:016x}-"
    assert begun.startswith(place), "a cause without a trace begins one"
    assert links_of([batch]) == {TRACE}
    assert trace_of(batch) != TRACE


async def test_a_span_tells_the_type_of_an_error_and_not_its_text(world: World, exporter: InMemorySpanExporter) -> None:
    world.play.poison = {"a1"}
    await (await world.replica()).settle([happened("a1")])
    failed = [span for span in named(exporter, "events batch") if span.status.status_code is StatusCode.ERROR]
    assert {span.status.description for span in failed} == {Poisoned.__name__}
    assert [event for span in failed for event in span.events] == []


async def test_what_a_timer_tells_begins_a_trace(world: World, exporter: InMemorySpanExporter) -> None:
    await bells.at(world, a=0)
    await (await bells.clockwork(world)).fire(bells.NOON)
    (batch,) = named(exporter, "timers batch")
    assert [row[0].split("-")[1] for row in await world.look.fetch(TRACEPARENTS)] == [trace_of(batch)]


def test_what_is_not_sampled_gets_no_span_of_its_own(exporter: InMemorySpanExporter) -> None:
    with traces.sends([("t", UNSAMPLED), ("t", None), ("t", SAMPLED)]) as places:
        assert places[:2] == [UNSAMPLED, None]
        assert places[2] not in (None, SAMPLED)
    assert [span.name for span in exporter.get_finished_spans()] == ["t send"]


COLLECTED = """
from shared.telemetry import traces
traces.configure("play")
with traces.span("GET /orders", parent="{parent}"):
    pass
"""


async def export(environment: dict[str, str]) -> list[bytes]:
    """Run a process that makes one span, with a collector on loopback; gives what the collector was sent."""
    sent: list[bytes] = []

    async def collect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split()[0])
        sent.append(head.encode() + await reader.readexactly(length))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(collect, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        values = {name: value.format(port=port) for name, value in environment.items()}
        script = COLLECTED.format(parent=SAMPLED)
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, env=os.environ | values)
        assert await process.wait() == 0
    return sent


async def test_spans_go_to_the_endpoint_that_the_environment_names() -> None:
    (sent,) = await export({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:{port}"})
    assert sent.startswith(b"post /v1/traces ")
    assert bytes.fromhex(TRACE) in sent
    assert b"salor-play" in sent


async def test_without_an_endpoint_nothing_is_exported() -> None:
    assert (
        await export({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:{port}"}) == []
    )
