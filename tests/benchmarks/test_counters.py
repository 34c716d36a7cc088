"""What a hop and a filing cost in round trips, WAL, requests and bytes does not grow unseen.

Where it did on purpose, or where one fell: `make bench ARGS="counters --accept"`, and say why in the commit.
"""

from __future__ import annotations

import asyncpg
import pytest

from benchmarks import hop_service
from benchmarks.counters import baseline, filings, grown, one_hop
from tests.servers import Database


def of(prefixes: tuple[str, ...]) -> dict[str, float]:
    return {name: value for name, value in baseline().items() if name.startswith(prefixes)}


async def test_no_counter_of_a_hop_grew(database: Database, kafka_address: str, topic_prefix: str) -> None:
    url = await database(None)
    connection = await asyncpg.connect(url)
    await connection.execute(hop_service.SCHEMA)
    await connection.close()

    assert grown(await one_hop(url, kafka_address, topic_prefix), of(("hop", "relay"))) == []


async def test_no_counter_of_a_filing_grew(database: Database) -> None:
    assert grown(await filings(await database("complaints")), of(("filing",))) == []


@pytest.mark.parametrize(("found", "told"), [({"a": 104.0}, 0), ({"a": 90.0}, 0), ({"a": 106.0}, 1), ({"b": 1.0}, 2)])
def test_what_grew_by_more_than_a_twentieth_is_named_and_what_only_one_knows_too(
    found: dict[str, float], told: int
) -> None:
    assert len(grown(found, {"a": 100.0})) == told
