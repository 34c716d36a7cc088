"""How long the disk lasts: sizes as the broker has them, growth as the last days had it."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaProducer
from hypothesis import given
from hypothesis import strategies as st

from shared.events import Kind, Topic
from shared.events.complaints import COMPLAINTS
from shared.messaging import topics
from shared.messaging.brokers import Brokers
from shared.messaging.forecast import Growth, days_left, in_units, kept, measure, parse_size, table
from tests.runbooks import commands, run

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
VALUE = b"x" * 1000


async def filled(kafka: str, prefix: str, ages: list[timedelta]) -> str:
    """A topic with a record of each age."""
    await topics.provision(Brokers([kafka]), prefix, [COMPLAINTS], 1)
    name = prefix + COMPLAINTS.name
    async with AIOKafkaProducer(bootstrap_servers=[kafka], acks="all") as producer:
        for n, age in enumerate(ages):
            at = int((NOW - age).timestamp() * 1000)
            await producer.send_and_wait(name, VALUE, str(n).encode(), timestamp_ms=at)
    return name


async def test_growth_is_that_of_the_last_seven_days(kafka_address: str, topic_prefix: str) -> None:
    ages = [timedelta(days=20)] * 8 + [timedelta(days=2)] * 14
    name = await filled(kafka_address, topic_prefix, ages)
    [growth] = await measure(Brokers([kafka_address]), [name, f"{topic_prefix}none"], NOW)
    assert (growth.records, growth.recent, growth.span) == (22, 14, timedelta(days=7))
    assert 22 * len(VALUE) < growth.size < 22 * (len(VALUE) + 120)
    assert growth.bytes_a_day == pytest.approx(growth.size / 22 * 14 / 7)


async def test_a_young_topic_is_measured_over_its_life(kafka_address: str, topic_prefix: str) -> None:
    name = await filled(kafka_address, topic_prefix, [timedelta(days=2), timedelta(days=1)])
    [growth] = await measure(Brokers([kafka_address]), [name], NOW)
    assert (growth.recent, growth.span) == (2, timedelta(days=2))


async def test_an_empty_topic_grows_nothing(kafka_address: str, topic_prefix: str) -> None:
    name = await filled(kafka_address, topic_prefix, [])
    assert days_left(await measure(Brokers([kafka_address]), [name], NOW), 1) == float("inf")


async def test_the_command_of_the_runbook_prints_one_line_a_topic(kafka_address: str, topic_prefix: str) -> None:
    await filled(kafka_address, topic_prefix, [timedelta(hours=3)])
    [forecast] = commands("Topics and their disk")
    lines = (await run(f"{forecast} --prefix {topic_prefix}", {"HOST:PORT": kafka_address})).splitlines()
    assert lines[0].split() == ["topic", "records", "size", "a", "day", "measured", "over"]
    assert [line.split()[0] for line in lines[1:-1]] == [topic_prefix + COMPLAINTS.name]
    assert lines[-1].startswith("500.0 G free: full in ")


async def test_a_broker_that_does_not_answer_is_said_in_one_line() -> None:
    code, said = await command("--kafka", "127.0.0.1:1", "--free", "1G")
    assert (code, said.splitlines()[-1]) == (2, "127.0.0.1:1 does not answer (KafkaConnectionError)")


async def command(*options: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "shared.operator", "forecast", *options,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode, said.decode()


def test_what_is_trimmed_or_compacted_needs_no_forecast() -> None:
    week = Topic("week.v1", sender="a", retention_ms=7 * 86_400_000)
    state = Topic("state.v1", sender="a", kind=Kind.STATE)
    assert kept([COMPLAINTS, week, state]) == [COMPLAINTS.name]


@given(st.integers(1, 10**9), st.integers(1, 10**12), st.integers(1, 60), st.integers(1, 10**13))
def test_a_disk_is_full_when_the_daily_bytes_have_filled_it(records: int, size: int, days: int, free: int) -> None:
    growth = Growth("t", records, size, records, timedelta(days=days))
    assert days_left([growth, growth], free) * 2 * (size / days) == pytest.approx(free)


@pytest.mark.parametrize(("text", "size"), [("1", 1), ("2k", 2048), ("1.5G", 3 * 2**29), ("3 TB", 3 * 2**40)])
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert parse_size(text) == size
    assert parse_size(in_units(size)) == size


def test_a_table_of_nothing_says_so() -> None:
    assert table([], 2**30)[-1] == "1.0 G free: nothing grows"
