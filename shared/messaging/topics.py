"""Topics are provisioned explicitly, with their settings; nothing is created by being written to.

A topic that exists is left as it is: what differs on the broker is said, for a person to decide.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared.events import Topic
from shared.messaging.brokers import Brokers

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """A setting of a topic that is not on the broker as the code has it."""

    topic: str
    setting: str
    wanted: str
    found: str


async def provision(brokers: Brokers, prefix: str, topics: Iterable[Topic], copies: int) -> list[Difference]:
    """Create the topics that do not exist; log and give how the others differ. Raises KafkaError: broker away."""
    wanted = {prefix + topic.name: topic for topic in topics}
    async with brokers.admin() as admin:
        existing = set(await admin.list_topics())
        for name in wanted.keys() - existing:
            await _create(admin, name, wanted[name], copies)
        differences = await _differences(admin, {name: wanted[name] for name in sorted(wanted.keys() & existing)})
    for difference in differences:
        log.warning("topic_differs", **asdict(difference))
    return differences


async def cluster_id(brokers: Brokers) -> str:
    """The id of the cluster behind these addresses. Raises KafkaError while the broker is away."""
    async with brokers.admin() as admin:
        return str((await admin.describe_cluster())["cluster_id"])


async def _create(admin: AIOKafkaAdminClient, name: str, topic: Topic, copies: int) -> None:
    new = NewTopic(name, topic.partitions, replication_factor=copies, topic_configs=topic.settings)
    try:
        answer = await admin.create_topics([new])
    except TopicAlreadyExistsError:
        return
    for _, code, *text in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise for_code(code)(f"topic {topic.name} can't be created: {text}")


async def _differences(admin: AIOKafkaAdminClient, topics: dict[str, Topic]) -> list[Difference]:
    if not topics:
        return []
    found = await _settings(admin, topics)
    for description in await admin.describe_topics(list(topics)):
        found[description["topic"], "partitions"] = str(len(description["partitions"]))
    return sorted(
        Difference(name, setting, value, found.get((name, setting), "unknown"))
        for name, topic in topics.items()
        for setting, value in (*topic.settings.items(), ("partitions", str(topic.partitions)))
        if found.get((name, setting)) != value
    )


async def _settings(admin: AIOKafkaAdminClient, topics: dict[str, Topic]) -> dict[tuple[str, str], str]:
    """By topic and name."""
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, dict(topic.settings)) for name, topic in topics.items()]
    answers = await admin.describe_configs(asked)
    return {
        (name, setting): value
        for answer in answers
        for _, _, _, name, entries in answer.resources
        for setting, value, *_ in entries
    }
