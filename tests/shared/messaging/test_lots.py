"""What shares a transaction of a consumer."""

from __future__ import annotations

import itertools

from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.consumer import lots


@given(st.lists(st.integers(1, 50), max_size=20), st.integers(1, 100))
def test_lots_are_whole_partitions_in_their_order_and_none_is_larger_than_it_must_be(
    sizes: list[int], limit: int
) -> None:
    """Weaker: a transaction for each partition, whose fixed price is paid for a record or two; or one for a burst."""
    polled = {TopicPartition("t", n): list(range(size)) for n, size in enumerate(sizes)}
    found = lots(polled, limit)
    assert [pair for lot in found for pair in lot.items()] == list(polled.items())
    lengths = [[len(records) for records in lot.values()] for lot in found]
    assert all(sum(its) <= limit or len(its) == 1 for its in lengths)
    assert all(sum(its) + following[0] > limit for its, following in itertools.pairwise(lengths))
