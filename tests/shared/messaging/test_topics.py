"""Topics are made as the code says; one that is otherwise on the broker is left alone, and said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from shared.events import Kind, Topic
from shared.messaging.brokers import Brokers
from shared.messaging.topics import Difference, provision

HISTORY = Topic("history.v1", sender="a", partitions=3)
STATE = Topic("state.v1", sender="a", kind=Kind.STATE, partitions=1)


async def test_topics_that_are_as_the_code_says_differ_in_nothing(kafka_address: str, topic_prefix: str) -> None:
    for _ in range(2):
        assert await provision(Brokers([kafka_address]), topic_prefix, [HISTORY, STATE], 1) == []


@pytest.mark.parametrize(
    ("changed", "setting", "wanted", "found"),
    [
        (replace(HISTORY, partitions=4), "partitions", "4", "3"),
        (replace(HISTORY, retention_ms=60_000), "retention.ms", "60000", "-1"),
        (replace(HISTORY, kind=Kind.STATE), "cleanup.policy", "compact", "delete"),
    ],
)
async def test_a_setting_that_differs_on_the_broker_is_said_and_left(
    kafka_address: str, topic_prefix: str, changed: Topic, setting: str, wanted: str, found: str
) -> None:
    await provision(Brokers([kafka_address]), topic_prefix, [HISTORY], 1)
    expected = Difference(topic_prefix + HISTORY.name, setting, wanted, found)
    with capture_logs() as logs:
        assert await provision(Brokers([kafka_address]), topic_prefix, [changed], 1) == [expected]
    assert [entry["setting"] for entry in logs if entry["event"] == "topic_differs"] == [setting]
    assert await provision(Brokers([kafka_address]), topic_prefix, [HISTORY], 1) == []
