"""A producer for the harness: raw records onto any topic, made anew after each trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata

SEND_SECONDS = 10.0


class Sender:
    """One connection for many senders. A send that fails may have arrived: send it again under the same id."""

    def __init__(self, kafka: str) -> None:
        self._kafka = kafka
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._drop(self._producer)

    async def send(
        self,
        topic: str,
        value: bytes | None,
        *,
        key: bytes | None = None,
        headers: Sequence[tuple[str, bytes | None]] = (),
        partition: int | None = None,
    ) -> RecordMetadata:
        """Where the record lies once all replicas have it. Raises KafkaError, OSError or TimeoutError."""
        producer = await self._started()
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await producer.send_and_wait(topic, value, key=key, headers=list(headers), partition=partition)
        except (KafkaError, TimeoutError, OSError):
            await self._drop(producer)
            raise

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                made = AIOKafkaProducer(
                    bootstrap_servers=[self._kafka], acks="all", enable_idempotence=True, request_timeout_ms=3_000
                )
                try:
                    async with asyncio.timeout(SEND_SECONDS):
                        await made.start()
                except (KafkaError, TimeoutError, OSError):
                    await _stop(made)
                    raise
                self._producer = made
            return self._producer

    async def _drop(self, producer: AIOKafkaProducer | None) -> None:
        if producer is not None and producer is self._producer:
            self._producer = None
        if producer is not None:
            await _stop(producer)


async def _stop(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(2):
            await producer.stop()
    except (KafkaError, TimeoutError, OSError):
        return
