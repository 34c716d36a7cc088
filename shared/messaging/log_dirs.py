"""What each topic takes on the brokers' disks: the request DescribeLogDirs, which the client library lacks."""

import asyncio
from collections import Counter, defaultdict

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import ClusterAuthorizationFailedError
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int16, Int32, Int64, Schema, String

from shared.messaging.brokers import Brokers


class LogDirs(Response):  # type: ignore[misc]
    """What a broker keeps where."""

    API_KEY = 35
    API_VERSION = 1
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "folders",
            Array(
                ("error_code", Int16),
                ("path", String("utf-8")),
                (
                    "topics",
                    Array(
                        ("name", String("utf-8")),
                        (
                            "partitions",
                            Array(("partition", Int32), ("size", Int64), ("lag", Int64), ("is_future", Boolean)),
                        ),
                    ),
                ),
            ),
        ),
    )


class DescribeLogDirsStruct(RequestStruct):  # type: ignore[misc]
    """Version 1, the oldest that Kafka 4 speaks."""

    API_KEY = 35
    API_VERSION = 1
    RESPONSE_TYPE = LogDirs
    SCHEMA = Schema(("topics", Array(("topic", String("utf-8")), ("partitions", Array(Int32)))))


class DescribeLogDirs(Request[DescribeLogDirsStruct]):  # type: ignore[misc]
    """About all topics."""

    API_KEY = 35

    def build(self, request_struct_class: type[DescribeLogDirsStruct]) -> DescribeLogDirsStruct:
        """A null list asks about all."""
        return request_struct_class(None)


async def sizes(brokers: Brokers) -> dict[str, Counter[int]]:
    """Bytes by topic and partition, over all replicas. Raises KafkaError: the broker is away, or does not tell us."""
    client = AIOKafkaClient(**brokers.options)
    try:
        await brokers.reach(client.bootstrap)
        nodes = [broker.nodeId for broker in client.cluster.brokers()]
        answers = await asyncio.gather(*(client.send(node, DescribeLogDirs()) for node in nodes))
    finally:
        await client.close()
    if not all(answer.folders for answer in answers):  # how this version of the answer says so
        raise ClusterAuthorizationFailedError("what is on the brokers' disks is not told to this user")
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for _, _, topics in (folder for answer in answers for folder in answer.folders):
        for name, partitions in topics:
            found[name].update({partition: size for partition, size, _, _ in partitions})
    return found
