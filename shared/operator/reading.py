"""How far this service has read a stream's topic: tells what it has not read yet from what was lost."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from shared.errors import Problem
from shared.http import refuses
from shared.messaging import positions
from shared.messaging.positions import Extent, judge
from shared.messaging.relay.own import own_topics
from shared.operator.acts import Act, answered, asking_the_broker, router

routes = router()


class PartitionRead(BaseModel):
    """Offsets: the next one to read here, and the one that the topic's next record will get."""

    partition: int
    read: int
    end: int


class Reading(BaseModel):
    """How far each partition was read, all replicas together, by the positions in the database."""

    model_config = answered(partitions=[{"partition": 3, "read": 1207, "end": 1210}])

    partitions: list[PartitionRead]


@routes.get("/reading", responses=refuses({404: "Not listened to here", 503: "The broker is away"}))
async def reading(call: Act, stream: Annotated[str, Query(max_length=200)]) -> Reading:
    """How far a stream was read here, and how far it goes; also while no replica reads it."""
    if stream not in {topic.name for topic in call.app.service.listens.topics}:
        raise Problem(404, "unknown-stream", f"Nobody listens to {stream} here")
    prefix = call.app.settings.topic_prefix
    async with asking_the_broker(), own_topics(call.app.brokers, prefix, [stream]) as topics:
        firsts = await topics.consumer.beginning_offsets(topics.partitions)
    stored = await positions.stored(call.app.pool, list(topics.ends))
    found = []
    for at, first in firsts.items():
        place = (stream, at.partition)
        read, _ = judge(stored.get(place), topics.cluster, Extent(first, topics.ends[place]))
        found.append(PartitionRead(partition=at.partition, read=read, end=topics.ends[place]))
    return Reading(partitions=found)
