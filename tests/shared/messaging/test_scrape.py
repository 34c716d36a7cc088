"""`GET /metrics` of a running service: what Prometheus reads after a day of trouble, exactly."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest
from aiokafka import TopicPartition

from shared import db
from shared.messaging.lag import Lag
from shared.policy import Policies
from shared.service import App, Service
from shared.settings import Settings
from tests.servers import Database
from tests.shared.messaging.chain import chain, client, scraped
from tests.shared.messaging.play import Echoed, Happened, happened, several
from tests.until import until

AT = TopicPartition("t", 0)
HISTORY = "history.v1"
UNKNOWN = "id.go.salor.test.Dreamt.v1"
ROUTE = ("POST", "/orders/{number}")
ORDERED = {
    ("salor_commands_total", "order", "answered"): 2,
    ("salor_commands_total", "order", "refused"): 1,
    ("salor_http_request_seconds_count", *ROUTE, "2xx"): 2,
    ("salor_http_request_seconds_count", *ROUTE, "4xx"): 1,
    ("salor_events_told_total", Happened.type): 2,
    ("salor_relay_sent_total",): 2,
    ("salor_relay_state", "relaying"): 1,
    ("salor_relay_state", "restored"): 0,
    ("salor_outbox_unsent",): 0,
    ("salor_database_up",): 1,
}
HEARD = {
    ("salor_messages_total", "applied", HISTORY): 4,
    ("salor_messages_total", "dropped", HISTORY): 1,
    ("salor_messages_total", "gap", HISTORY): 1,
    ("salor_messages_total", "failed", HISTORY): 1,
    ("salor_messages_total", "unplaceable", HISTORY): 1,
    ("salor_events_applied_total", Happened.type): 3,
    ("salor_events_applied_total", "other"): 1,
    ("salor_unknown_types_total", UNKNOWN): 1,
    ("salor_parked", "gap", HISTORY): 1,
    ("salor_parked", "failed", HISTORY): 1,
    ("salor_dead_letters", HISTORY): 1,
    ("salor_event_age_seconds_count", HISTORY): 4,
    ("salor_consumer_lag_records", HISTORY): 0,
    ("salor_consumer_lag_seconds", HISTORY): 0,
    ("salor_events_told_total", Echoed.type): 3,
    ("salor_relay_sent_total",): 3,
}


async def tells(app: App, expected: Mapping[tuple[str, ...], float]) -> None:
    """Until a service tells all this."""
    found: dict[tuple[str, ...], float] = {}

    async def so() -> bool:
        found.update(await scraped(app))
        return expected.items() <= found.items()

    try:
        await until(so, 40)
    finally:
        assert {key: found.get(key) for key in expected} == expected


async def test_a_service_tells_what_happened_to_it(database: Database, kafka_address: str, topic_prefix: str) -> None:
    async with chain(await database(None), await database(None), kafka_address, topic_prefix) as made:
        for label in ("a1", "b1", "no"):
            await made.order(label)
        made.play.poison = {"f1"}
        nowhere, dreamt = replace(happened("g1"), headers=[]), happened("h1")
        headers = [(name, UNKNOWN.encode() if name == "ce_type" else value) for name, value in dreamt.headers]
        await made.send(*several("c1 c1 d2", tells=("s",)), happened("f1"), nowhere, replace(dreamt, headers=headers))
        await tells(made.second, HEARD)
        # A relay that had to wait for its broker has taken its lease twice.
        epoch = await made.first.pool.fetchval("SELECT epoch FROM relay")
        await tells(made.first, {**ORDERED, ("salor_relay_epoch",): epoch})
        found = await scraped(made.second)
        settled = {key for key, count in found.items() if key[0] == "salor_messages_total" and count}
        assert settled <= HEARD.keys(), "and nothing else"


def test_the_lag_is_the_age_of_the_first_record_that_is_not_settled() -> None:
    lag, now = Lag(), time.time()
    lag.begin(AT, int((now - 60) * 1000))
    ((records, seconds),) = lag.read({AT: 5}, {AT: 9}).values()
    assert records == 4
    assert 60 <= seconds < 70, "a batch that does not come to its end"


def test_between_two_batches_the_lag_is_at_most_since_all_was_settled() -> None:
    lag, now = Lag(), time.time()
    lag.begin(AT, int((now - 60) * 1000))
    lag.end(AT, int((now - 30) * 1000))
    ((_, seconds),) = lag.read({AT: 5}, {AT: 9}).values()
    assert 30 <= seconds < 40
    assert lag.read({AT: 9}, {AT: 9}) == {"t": (0, 0.0)}
    ((_, seconds),) = lag.read({AT: 9}, {AT: 10}).values()
    assert seconds < 10, "what came after an idle night is not as old as the night"


def test_a_topic_lags_as_its_partitions_do_together() -> None:
    other = TopicPartition("t", 1)
    lag, now = Lag(), time.time()
    lag.begin(AT, int((now - 60) * 1000))
    ((records, seconds),) = lag.read({AT: 5, other: 7}, {AT: 9, other: 10}).values()
    assert records == 7
    assert seconds >= 60


def test_a_partition_that_went_away_is_forgotten() -> None:
    lag = Lag()
    lag.begin(AT, 0)
    assert lag.read({}, {}) == {}
    ((_, seconds),) = lag.read({AT: 5}, {AT: 9}).values()
    assert seconds < 10


@pytest.fixture
async def alone(database: Database) -> AsyncIterator[App]:
    """A service of which nothing runs."""
    settings = Settings(database_url=await database(None), kafka="", issuer="", roles=("timers",))
    app = App(Service("alone"), settings, await db.open_pool(settings.database_url, 2, "alone"), Policies({}))
    yield app
    app.pool.terminate()


async def test_a_scrape_answers_with_the_rest_while_the_database_is_away(alone: App) -> None:
    alone.pool.terminate()
    values = await scraped(alone)
    assert values["salor_database_up",] == 0
    assert "salor_outbox_unsent" not in {name for name, *_ in values}
    assert (await scraped(alone))["salor_http_request_seconds_count", "GET", "/metrics", "2xx"] == 1


async def test_metrics_are_there_whatever_the_roles_and_open_to_the_scraper(alone: App) -> None:
    async with client(alone) as http:
        answer = await http.get("/metrics", headers={"accept": "application/openmetrics-text"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert "process_resident_memory_bytes" in answer.text
