"""What FastStream and Kafka are asked for: one batch subscriber on all topics of a service."""

import hashlib
import logging
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRebalanceListener
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.messaging.brokers import Brokers
from shared.messaging.polled import Polled, decode, parse
from shared.settings import Settings

REST_MS = 10
"""FastStream sleeps for so long after an empty poll, and sees nothing come."""
METADATA_MS = 30_000
"""How soon a topic that was made anew, or got more partitions, is noticed; five minutes is the client's own."""
MEMBER_MS = 86_400_000
"""A batch may wait for its database for a day and keep its partitions; health tells of it after seconds."""


def subscribe(
    name: str, settings: Settings, brokers: Brokers, topics: Sequence[str], listener: ConsumerRebalanceListener
) -> tuple[KafkaBroker, Any]:
    """A service's connection and its subscriber, which still needs its handler. `topics`: without the prefix."""
    broker = KafkaBroker(
        list(brokers.addresses),
        security=brokers.security,
        consumer_only=True,
        metadata_max_age_ms=METADATA_MS,
        allow_auto_create_topics=False,
        logger=logging.getLogger("faststream"),
        middlewares=(Polled,),
        graceful_timeout=settings.shutdown_seconds / 4,
    )
    group = f"{settings.topic_prefix}{name}"
    session_ms = settings.session_timeout_ms or (10_000 if settings.instance is None else 45_000)
    return broker, broker.subscriber(
        *(settings.topic_prefix + topic for topic in topics),
        batch=True,
        group_id=group,
        group_instance_id=instance(group, settings.instance, topics),
        isolation_level="read_committed",
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=min(3_000, session_ms // 3),
        rebalance_timeout_ms=60_000,
        max_poll_interval_ms=MEMBER_MS,
        auto_offset_reset="earliest",
        batch_timeout_ms=REST_MS,
        max_records=settings.batch_records,
        ack_policy=AckPolicy.MANUAL,
        listener=listener,
        parser=parse,
        decoder=decode,
    )


def instance(group: str, ordinal: str | None, topics: Sequence[str]) -> str | None:
    """Static membership under a stable ordinal. A member that comes back with another topic is another member."""
    if ordinal is None:
        return None
    return f"{group}-{ordinal}-{hashlib.sha256(','.join(topics).encode()).hexdigest()[:8]}"
