"""Topics are provisioned explicitly, with their settings; nothing is created by being written to."""

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from shared.events import Topic


async def provision(bootstrap: list[str], prefix: str, topics: Iterable[Topic], copies: int) -> None:
    """Create the topics that do not exist. Raises KafkaError while the broker is away."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        missing = [topic for topic in topics if prefix + topic.name not in existing]
        for topic in missing:
            await _create(admin, prefix, topic, copies)
    finally:
        await admin.close()


async def cluster_id(bootstrap: list[str]) -> str:
    """The id of the cluster behind these addresses. Raises KafkaError while the broker is away."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()


async def _create(admin: AIOKafkaAdminClient, prefix: str, topic: Topic, copies: int) -> None:
    new = NewTopic(prefix + topic.name, topic.partitions, replication_factor=copies, topic_configs=topic.settings)
    try:
        answer = await admin.create_topics([new])
    except TopicAlreadyExistsError:
        return
    for _, code, *text in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise KafkaError(f"topic {topic.name} can't be created: {text}")
