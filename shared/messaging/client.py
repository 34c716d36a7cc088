"""Kafka's client, so that one partition that can't be read takes nothing of the others along, nor stops for ever."""

import math
import time
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaConnectionError, KafkaError
from aiokafka.protocol.fetch import FetchRequest
from faststream.kafka import KafkaBroker

log = structlog.get_logger()

APART_SECONDS = 10.0
"""How long partitions are polled one by one after a poll has failed."""
AGAIN_SECONDS = 1.0
WAIT_MS = 500
"""How long a poll waits for records, whatever it is told: after an empty one FastStream sleeps, and sees none come."""
FETCH_MS, FETCH_ALL_MS = 20, 200
"""How long the broker waits for records, where a fetch leaves out a partition, and where it asks for all.

One is under way at a time: what it leaves out, since its records of before are not taken yet, waits for its end. One
that asks for all ends with the first record, so it may last: each costs the broker a millisecond of CPU.
"""
GATHER_BYTES = 16_384
"""Some twenty events: a transaction by itself costs as much."""
GATHER_TIMES, GATHER_SECONDS, GATHER_PART_SECONDS = 3, 0.1, 0.04
"""While the records of a poll are worked on, the broker gathers more for the next: three times as long as the work
before took, at most this long, or until it has enough; of a part of the partitions, which may bring little, shorter. A
fetch that ends with the first record brings one or two, and no other is sent until they are taken: of a steady stream,
small batches then take all that there is of the cores. Work takes longer where cores are scarce, so batches grow there.
Who has waited for longer than that has time: a lone event finds nobody gathering.
"""

Polled = dict[TopicPartition, list[ConsumerRecord]]


class Unreadable(ConsumerRecord):  # type: ignore[misc]
    """Stands for a record whose headers the library can't decode; it has its place, and nothing else."""


async def start(broker: KafkaBroker, positions: Mapping[TopicPartition, int]) -> None:
    """Start a broker whose subscribers poll with this client: connecting sets the client that it builds."""
    await broker.connect()
    config = broker.config.broker_config
    config.builder = partial(Client, positions, **config.builder.keywords)  # type: ignore[attr-defined]
    await broker.start()


class Client(AIOKafkaConsumer):  # type: ignore[misc]
    """Polls all partitions together; after a failure, one by one from `positions`, to find out which one it is.

    A poll takes the records of one partition after the other: where one fails, those already taken would be lost.
    """

    def __init__(self, positions: Mapping[TopicPartition, int], **options: Any) -> None:
        super().__init__(**options)
        self.positions = positions
        self._failed: dict[TopicPartition, tuple[str, float]] = {}
        self._apart_until = 0.0
        self._gave = math.inf
        """When the last poll gave records; never, where it gave none."""
        self._gathering = 0.0
        """For so many seconds; 0 where the last poll had to wait for its records."""

    async def start(self) -> None:
        """See aiokafka. Over a connection that has just closed, uvloop raises what aiokafka takes for its own mistake.

        Then the task that fetches ends, and nothing is ever read again; as a KafkaError it is a connection to be made
        anew (found by F6K).
        """
        send = self._client.send

        async def sending(node: int, request: Any, **options: Any) -> Any:
            if isinstance(request, FetchRequest):
                self._shape(node, request)
            try:
                return await send(node, request, **options)
            except RuntimeError as error:
                raise KafkaConnectionError(str(error)) from error

        self._client.send = sending
        await super().start()

    def _shape(self, node: int, request: FetchRequest) -> None:
        all_of_them = self._asks_for_all(node, request)
        if self._gathering:
            seconds = self._gathering if all_of_them else min(self._gathering, GATHER_PART_SECONDS)
            request._min_bytes, request._max_wait_ms = GATHER_BYTES, math.ceil(seconds * 1e3)
        else:
            request._max_wait_ms = FETCH_ALL_MS if all_of_them else FETCH_MS

    def _asks_for_all(self, node: int, request: FetchRequest) -> bool:
        """Whether a fetch leaves out none of the partitions that we have of a broker."""
        asked = sum(len(partitions) for _, partitions in request.topics)
        return bool(asked == sum(self._client.cluster.leader_for_partition(at) == node for at in self.assignment()))

    @property
    def failing(self) -> dict[TopicPartition, str]:
        """The partitions that could not be read lately, and why."""
        return {at: why for at, (why, when) in self._failed.items() if when > time.monotonic() - APART_SECONDS}

    async def getmany(self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None) -> Polled:
        """What the broker has. Raises KafkaError where the poll failed as a whole; nothing is lost then."""
        called, self._gathering = time.monotonic(), 0.0
        if called < self._apart_until:
            return await self._one_by_one(max_records)
        try:
            found: Polled = await super().getmany(*partitions, timeout_ms=WAIT_MS, max_records=max_records)
        except ConsumerStoppedError:
            raise
        except Exception as error:
            self._rewind()
            self._apart_until = time.monotonic() + APART_SECONDS
            if isinstance(error, KafkaError):
                raise
            return {}
        longest, now = min((called - self._gave) * GATHER_TIMES, GATHER_SECONDS), time.monotonic()
        self._gathering = longest if found and now - called < longest else 0.0
        self._gave = now if found else math.inf
        return found

    async def ends(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """The offset after the last record of each; `end_offsets` stops before a transaction that is still open."""
        stable: dict[TopicPartition, int] = await self.end_offsets(partitions)
        known = {at: self.highwater(at) or 0 for at in self.assignment() & stable.keys()}
        return {at: max(end, known.get(at, 0)) for at, end in stable.items()}

    def _rewind(self) -> None:
        for at in self.assignment() & self.positions.keys():
            self.seek(at, self.positions[at])

    async def _one_by_one(self, max_records: int | None) -> Polled:
        found: Polled = {}
        for at in self.assignment() & self.positions.keys():
            records = await self._alone(at, max_records)
            if records:
                found[at] = records
        return found

    async def _alone(self, at: TopicPartition, max_records: int | None) -> list[ConsumerRecord]:
        """A partition that failed is read record by record, up to the one that can't be read."""
        why, when = self._failed.get(at, ("", 0.0))
        if why and why != UnicodeDecodeError.__name__ and time.monotonic() < when + AGAIN_SECONDS:
            return []
        try:
            found: Polled = await super().getmany(at, max_records=1 if why else max_records)
        except ConsumerStoppedError:
            raise
        except UnicodeDecodeError as error:
            return [await self._unreadable(at)] if why == type(error).__name__ else self._fail(at, error)
        except Exception as error:
            return self._fail(at, error)
        if found and why != UnicodeDecodeError.__name__:
            self._failed.pop(at, None)
        return found.get(at, [])

    def _fail(self, at: TopicPartition, error: Exception) -> list[ConsumerRecord]:
        now = time.monotonic()
        log.error("partition_unreadable", topic=at.topic, partition=at.partition, error=type(error).__name__)
        self._failed[at] = type(error).__name__, now
        self._apart_until = now + APART_SECONDS
        return []

    async def _unreadable(self, at: TopicPartition) -> ConsumerRecord:
        offset = await self.position(at)
        self.seek(at, offset + 1)
        del self._failed[at]
        return Unreadable(at.topic, at.partition, offset, int(time.time() * 1000), 0, None, None, None, -1, -1, ())
