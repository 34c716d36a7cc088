"""What is counted is what happened, exactly: on the real database, batch by batch."""

from __future__ import annotations

import sys
import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import FrameType

import pytest
from prometheus_client import CollectorRegistry

from shared.errors import Problem
from shared.messaging.record import Record
from shared.messaging.requests import Call, Requests
from shared.messaging.tx import derived_id
from shared.telemetry.ages import Ages
from shared.telemetry.metrics import MOST_NAMES, Metrics, flow_start
from tests.shared.messaging import test_timers as bells
from tests.shared.messaging.commands import Order, Orders
from tests.shared.messaging.play import Happened, Written, happened, record, several
from tests.shared.messaging.readings import found, looked
from tests.shared.messaging.world import World, hold

LIBRARIES = ("prometheus_client", "opentelemetry")


def changed(of: Record, **headers: str | None) -> Record:
    """A record with other headers; None takes one away."""
    texts = dict(of.headers) | {f"ce_{name}": text.encode() if text else None for name, text in headers.items()}
    return replace(of, headers=[(name, text) for name, text in texts.items() if text is not None])


async def test_each_record_is_counted_once_by_what_became_of_it(world: World) -> None:
    replica = await world.replica()
    world.play.poison = {"b1"}
    await replica.settle(
        [
            *several("a1 a2 a1 c2"),
            happened("b1"),
            happened("d1", needs="f"),
            changed(happened("e1"), sequence=None),
            changed(happened("g1"), type="id.go.salor.test.Dreamt.v1"),
        ]
    )
    await replica.settle([happened("a2", other="'")])
    await replica.sweep()
    assert found(replica, "messages_total", "topic", "outcome") == {
        ("history.v1", "applied"): 3,
        ("history.v1", "dropped"): 1,
        ("history.v1", "gap"): 1,
        ("history.v1", "failed"): 1,
        ("history.v1", "waiting"): 1,
        ("history.v1", "unplaceable"): 1,
        ("history.v1", "regression"): 1,
    }
    assert found(replica, "events_applied_total", "type") == {Happened.type: 2, "other": 1}
    assert found(replica, "unknown_types_total", "type") == {"id.go.salor.test.Dreamt.v1": 1}
    assert found(await looked(world), "parked", "stream", "reason") == {
        ("history.v1", "gap"): 1,
        ("history.v1", "failed"): 1,
        ("history.v1", "waiting"): 1,
        ("history.v1", "regression"): 1,
    }


async def test_what_is_drained_is_counted_when_it_takes_effect(world: World) -> None:
    replica = await world.replica()
    await replica.settle([happened("a2"), happened("b1", needs="f")])
    await replica.sweep()
    await replica.settle([happened("a1"), happened("f1")])
    await replica.sweep()
    assert await world.parked() == [("b", 1, "waiting")], "looked at again, in vain: that is not counted"
    await replica.settle([happened("f2", is_fact=True)])
    await replica.sweep()
    assert found(replica, "messages_total", "topic", "outcome") == {
        ("history.v1", "gap"): 1,
        ("history.v1", "waiting"): 1,
        ("history.v1", "applied"): 5,
    }


async def test_strangers_are_counted_too(world: World) -> None:
    replica = await world.replica()
    world.play.poison = {"bad"}
    letters = [record(Written(subject=s, label=s), other=s, offset=n) for n, s in enumerate(("good", "bad", "good"))]
    await replica.settle(
        [*letters, replace(letters[0], value=b"{", offset=9, headers=changed(letters[1], id="9").headers)]
    )
    assert found(replica, "messages_total", "topic", "outcome") == {
        ("letters.v1", "applied"): 1,
        ("letters.v1", "dropped"): 1,
        ("letters.v1", "given_up"): 1,
        ("letters.v1", "unreadable"): 1,
    }
    assert found(await looked(world), "dead_letters", "topic") == {"letters.v1": 2}


async def test_a_batch_is_counted_by_how_it_ended(world: World) -> None:
    replica = await world.replica()
    world.play.poison = {"b1"}
    await replica.settle([*several("a1 b1"), happened("c1", needs="f")])
    assert found(replica, "batches_total", "door", "outcome") == {
        ("events", "halved"): 2,
        ("events", "rerun"): 1,
        ("events", "failed"): 3,
        ("events", "committed"): 3,
    }
    assert sum(found(replica, "batch_items_sum", "door").values()) == 3
    assert found(replica, "batch_seconds_count", "door") == {"events": 3}


async def test_waiting_for_the_server_is_counted(world: World) -> None:
    replica = await world.replica()
    async with world.look.acquire() as holder:
        held = await hold(holder, "INSERT INTO seen (stream, key, sequence) VALUES ('history.v1', 'a', 0)")
        task = world.start(replica.settle([happened("a1")]))
        await world.blocked()
        await world.look.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock'"
        )
        await world.blocked()
        await held.rollback()
        await task
    assert found(replica, "batches_total", "door", "outcome") == {("events", "waited"): 1, ("events", "committed"): 1}


async def test_what_is_told_is_counted_and_its_flow_timed_from_the_id_that_names_it(world: World) -> None:
    replica = await world.replica()
    began = datetime.now(UTC) - timedelta(seconds=30)
    flow = str(derived_id(began, b"complaint"))
    await replica.settle([changed(happened("a1", tells=("s", "t")), correlationid=flow, time=began.isoformat())])
    await replica.settle([happened("b1", tells=("s",))])
    assert list(found(replica, "events_told_total", "type").values()) == [3]
    assert list(found(replica, "flow_age_seconds_count", "type").values()) == [2], "the third has no id that tells"
    assert 60 <= sum(found(replica, "flow_age_seconds_sum", "type").values()) < 80
    assert found(replica, "event_age_seconds_count", "topic") == {"history.v1": 2}


def test_only_an_id_that_carries_its_time_starts_a_flow() -> None:
    moment = datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert flow_start(str(derived_id(moment, b"x"))) == moment.timestamp()
    for other in ("", "key", str(uuid.uuid4()), "x" * 36, "zzzzzzzz-zzzz-8zzz-zzzz-zzzzzzzzzzzz"):
        assert flow_start(other) == 0


def test_names_that_others_choose_are_bounded() -> None:
    metrics = Metrics()
    letters = "ABCDEFGHIJ"
    names = ["".join(letters[int(digit)] for digit in str(n)) for n in range(1000)]
    sent = [f"id.go.salor.test.{name}.v1" for name in names] + ["id.go.salor.test.3175094107850003.v1"]
    for kind in sent:
        metrics.pass_over(kind, 1)
    counted = found(metrics.registry, "unknown_types_total", "type")
    assert len(counted) == MOST_NAMES + 1
    assert (counted["other"], sum(counted.values())) == (1001 - MOST_NAMES, 1001)


def test_a_scrape_finds_each_age_in_its_bucket_and_all_below() -> None:
    registry, ages = CollectorRegistry(), Ages("salor_ages", "", "topic")
    registry.register(ages)
    ages.observe("t", [0.004, 0.3, 0.3, -5, 10**6])
    buckets = found(registry, "ages_bucket", "le")
    assert (buckets["0.005"], buckets["0.25"], buckets["0.5"], buckets["86400.0"], buckets["+Inf"]) == (2, 2, 4, 4, 5)
    assert found(registry, "ages_count", "topic") == {"t": 5}
    assert found(registry, "ages_sum", "topic") == {"t": pytest.approx(10**6 + 0.604)}


async def test_commands_are_counted_by_how_they_were_answered(world: World) -> None:
    replica = await world.replica()
    requests, orders = Requests(replica.runner, 3), Orders(world.play)
    world.play.poison = {"bad"}
    calls = [Call(orders.command, Order(label=label), "p", label) for label in ("one", "no", "bad", "much")]
    submitted = [world.start(requests.submit(call)) for call in calls]
    late = world.start(requests.submit(Call(orders.command, Order(label="late"), "p", "late"), seconds=0))
    for task in (submitted[3], late):
        with pytest.raises(Problem):
            await task
    world.start(requests.run())
    for task in submitted:
        try:
            await task
        except Problem:
            continue
    assert found(replica, "commands_total", "outcome") == {"answered": 1, "refused": 1, "failed": 1, "unavailable": 2}


async def test_timers_are_counted_as_they_fire_and_seen_when_they_are_late(world: World) -> None:
    world.play.poison = {"bad"}
    await bells.at(world, a=0, bad=1, z=10**7)
    tables = await looked(world)
    assert found(tables, "timers_overdue") == {(): 2}
    assert found(tables, "timers_oldest_overdue_seconds")[()] > 60
    clockwork = await bells.clockwork(world)
    while await clockwork.fire():
        continue
    registry = clockwork.runner.metrics.registry
    assert found(registry, "timers_fired_total", "timer") == {"ring": 1}
    tables = await looked(world)
    assert found(tables, "timers_failed", "timer") == {"ring": 1}
    assert found(tables, "timers_overdue") == {(): 0}


async def test_a_batch_costs_the_same_calls_of_telemetry_whatever_its_size(world: World) -> None:
    """Weaker: a counter or a span is touched once an event, and the libraries' microseconds add up."""
    replica, calls = await world.replica(), Counter[str]()

    def count(frame: FrameType, event: str, _: object) -> None:
        library = next((name for name in LIBRARIES if f"/{name}/" in frame.f_code.co_filename), None)
        if event == "call" and library is not None:
            calls[library] += 1

    async def cost(records: list[Record]) -> dict[str, int]:
        calls.clear()
        sys.setprofile(count)
        try:
            await replica.settle(records)
        finally:
            sys.setprofile(None)
        return dict(calls)

    await replica.settle([happened("z1", tells=("s",))])
    one = await cost([happened("a1", tells=("s",))])
    many = await cost([record(Happened(subject=f"k{n}", label=f"k{n}", tells=("s",)), 1) for n in range(200)])
    assert one == many
    assert set(one) == set(LIBRARIES)
    assert sum(one.values()) < 150
