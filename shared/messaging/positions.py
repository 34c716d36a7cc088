"""Where each partition is read on: the database's position, as far as the cluster and the topic bear it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from shared.db import Pool

log = structlog.get_logger()

POSITIONS = """SELECT topic, partition, next_offset, cluster FROM position
WHERE (topic, partition) IN (SELECT * FROM unnest($1::text[], $2::int[]))"""
MOVE = """UPDATE position SET next_offset = m.next_offset, cluster = $4
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS m(topic, partition, next_offset)
WHERE position.topic = m.topic AND position.partition = m.partition"""

Partition = tuple[str, int]
"""A topic, without the installation's prefix, and the number of a partition of it."""


@dataclass(frozen=True, slots=True)
class Position:
    """The next offset to read, and the cluster that it was written on ('': of a release that did not know)."""

    offset: int
    cluster: str


@dataclass(frozen=True, slots=True)
class Extent:
    """What a partition holds: its first offset, and the one that its next record will get."""

    first: int
    end: int


def judge(position: Position | None, cluster: str, extent: Extent) -> tuple[int, str]:
    """Where to read on, and what is odd about it ("" where nothing is). What was read before is dropped as seen."""
    if position is None:
        return extent.first, ""
    if position.cluster not in ("", cluster):
        return extent.first, "written on another cluster"
    if position.offset > extent.end:
        return extent.first, "beyond the end of the topic"
    if position.offset < extent.first:
        return extent.first, "before what the topic still holds"
    return position.offset, ""


async def find(pool: Pool, cluster: str, extents: Mapping[Partition, Extent]) -> dict[Partition, int]:
    """Where to read each of these partitions on. What is odd is logged, and mended in the table."""
    known = await stored(pool, list(extents))
    starts: dict[Partition, int] = {}
    moved: dict[Partition, int] = {}
    for at, extent in extents.items():
        found = known.get(at)
        starts[at], odd = judge(found, cluster, extent)
        if odd and found:
            log.error("position_odd", topic=at[0], partition=at[1], why=odd, was=found.offset, now=starts[at])
        if found and found != Position(starts[at], cluster):
            moved[at] = starts[at]
    if moved:
        topics, partitions = zip(*moved, strict=True)
        await pool.execute(MOVE, topics, partitions, list(moved.values()), cluster)
    return starts


async def stored(pool: Pool, partitions: Sequence[Partition]) -> dict[Partition, Position]:
    """The positions that the database has of these partitions, whatever the topics hold."""
    rows = await pool.fetch(POSITIONS, [topic for topic, _ in partitions], [number for _, number in partitions])
    return {(row["topic"], row["partition"]): Position(row["next_offset"], row["cluster"]) for row in rows}
