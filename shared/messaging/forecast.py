"""When the disk will be full of topics that are kept for good: sizes from the brokers, growth from their last days."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.events import Kind, Topic
from shared.messaging import log_dirs
from shared.messaging.brokers import Brokers

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
WINDOW = timedelta(days=7)
SHORTEST = timedelta(hours=1)
"""A younger topic would show the rate of its first burst."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A topic's records and bytes (all replicas), and how many records came in the last `span`."""

    topic: str
    records: int
    size: int
    recent: int
    span: timedelta

    @property
    def bytes_a_day(self) -> float:
        """At the topic's mean size of a record."""
        return self.size / self.records * self.recent / (self.span / timedelta(days=1)) if self.records else 0.0


def kept(topics: Iterable[Topic]) -> list[str]:
    """The topics that only grow: neither trimmed by age nor compacted."""
    return sorted(topic.name for topic in topics if topic.retention_ms < 0 and topic.kind is not Kind.STATE)


def days_left(growths: Iterable[Growth], free: int) -> float:
    """Days until so many free bytes are used up; infinite where nothing grows."""
    rate = sum(growth.bytes_a_day for growth in growths)
    return free / rate if rate else float("inf")


async def measure(brokers: Brokers, topics: Sequence[str], now: datetime) -> list[Growth]:
    """The growth of those topics that are there. Raises KafkaError while the broker is away."""
    sizes = await log_dirs.sizes(brokers)
    async with AIOKafkaConsumer(**brokers.options) as consumer:
        return [await _measure(consumer, topic, sizes[topic], now) for topic in topics if topic in sizes]


async def _measure(consumer: AIOKafkaConsumer, topic: str, sizes: Counter[int], now: datetime) -> Growth:
    partitions = [TopicPartition(topic, number) for number in sizes]
    starts, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    since = int((now - WINDOW).timestamp() * 1000)
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, since))
    firsts = {partition: first for partition, first in found.items() if first is not None}
    records = sum(ends[one] - starts[one] for one in partitions)
    recent = sum(ends[one] - first.offset for one, first in firsts.items())
    span = WINDOW
    if firsts and recent == records:  # all of it is younger than the window
        span = max(SHORTEST, now - datetime.fromtimestamp(min(one.timestamp for one in firsts.values()) / 1000, UTC))
    return Growth(topic, records, sizes.total(), recent, span)


def table(growths: Sequence[Growth], free: int) -> list[str]:
    """A line a topic, and one that says how long the disk lasts."""
    rows = [("topic", "records", "size", "a day", "measured over")]
    rows += [
        (one.topic, f"{one.records:,}", in_units(one.size), in_units(one.bytes_a_day), _in_words(one.span))
        for one in growths
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    left = days_left(growths, free)
    lasts = "nothing grows" if left == float("inf") else f"full in {left:,.0f} days"
    return [*lines, f"{in_units(free)} free: {lasts}"]


def _in_words(span: timedelta) -> str:
    return f"{span.days} d" if span.days else f"{span.total_seconds() / 3600:.1f} h"


def in_units(size: float) -> str:
    """Bytes for people: 1.5 G."""
    for unit in reversed(UNITS):
        if size >= UNITS[unit] and unit:
            return f"{size / UNITS[unit]:.1f} {unit}"
    return f"{size:.0f}"


def parse_size(text: str) -> int:
    """`500G` in bytes. Raises ValueError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", text.strip().upper())
    if found is None:
        raise ValueError(f"{text!r} is no size: one like 500G is expected")
    return int(float(found[1]) * UNITS[found[2]])
