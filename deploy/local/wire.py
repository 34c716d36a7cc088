"""CloudEvents in Kafka's binary binding, written the way any outside client would: headers, key and a JSON body."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from deploy.local.trouble import Trouble
from shared.errors import SetupError
from shared.events import Event, Topic
from shared.messaging.brokers import Brokers, refusal
from shared.messaging.topics import provision
from shared.settings import KafkaSettings, read

IN_FLIGHT = 500  # more at once collapses the client (20,000: 1.1 k/s), one by one it waits for each answer
SEND_SECONDS = 30.0
# aiokafka tries for ever what an idempotent producer has to send: a transaction and a stop wait so long for the broker
PATIENCE = 20.0
UNTAKEN = (
    "the broker does not take what is sent, see its log: too few copies may be in sync (min.insync.replicas), or it"
    " does not reach itself at the address that it tells other brokers (advertised.listeners)"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """An event as its sender puts it on a topic. `attributes` are further CloudEvents attributes."""

    event: Event
    id: str
    source: str
    at: datetime
    attributes: dict[str, str] = field(default_factory=dict)

    def headers(self) -> list[tuple[str, bytes]]:
        """The attributes under the prefix of the binding, and the body's type."""
        subject = {"subject": self.event.key}
        return headers(self.event.type, self.id, self.source, self.at, **subject, **self.attributes)


def headers(kind: str, made: str, source: str, at: datetime, **more: str) -> list[tuple[str, bytes]]:
    """A record's headers: CloudEvents type, id, source, time and further attributes."""
    named = {"specversion": "1.0", "id": made, "source": source, "type": kind, "time": timestamp(at), **more}
    prefixed = [(f"ce_{name}", value.encode()) for name, value in named.items()]
    return [*prefixed, ("content-type", b"application/json")]


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def brokers(kafka: str) -> Brokers:
    """The broker at this address, as the environment has it of a service (SALOR_KAFKA_USERNAME, ...)."""
    try:
        return Brokers.of(read(KafkaSettings, kafka=kafka))
    except SetupError as error:
        raise Trouble(str(error)) from None


@asynccontextmanager
async def producer(
    kafka: str, transactional_id: str | None = None, patience: float = PATIENCE
) -> AsyncIterator[AIOKafkaProducer]:
    """An idempotent producer that waits for all replicas, fenced where it has a transactional id. Raises Trouble."""
    made = AIOKafkaProducer(
        **brokers(kafka).options, acks="all", enable_idempotence=True, transactional_id=transactional_id
    )
    try:
        with _answering(kafka):
            await made.start()
        yield made
    finally:
        await _stop(made, patience)


@asynccontextmanager
async def transaction(of: AIOKafkaProducer, patience: float = PATIENCE) -> AsyncIterator[None]:
    """What is sent in it counts as a whole or not at all. Raises Trouble where the broker does not take it in time."""
    try:
        async with asyncio.timeout(2 * patience), of.transaction(), asyncio.timeout(patience):  # its abort waits, too
            yield
    except TimeoutError:
        raise Trouble(UNTAKEN) from None


async def send(to: AIOKafkaProducer, letters: Iterable[Letter], prefix: str = "", keyed: bool = True) -> int:
    """Send, pipelined, until all are acknowledged; gives how many. Strangers may leave the key out. Raises Trouble."""
    sent, window = 0, []
    for letter in letters:
        key = letter.event.key.encode() if keyed else None
        body = letter.event.model_dump_json().encode()
        topic = prefix + letter.event.topic.name
        window.append(await to.send(topic, body, key=key, headers=letter.headers()))
        sent += 1
        if len(window) >= IN_FLIGHT:
            await _acknowledged(window)
    await _acknowledged(window)
    return sent


async def _acknowledged(window: list[asyncio.Future[object]]) -> None:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await asyncio.gather(*window)
    except TimeoutError:
        raise Trouble(UNTAKEN) from None
    window.clear()


async def _stop(made: AIOKafkaProducer, patience: float) -> None:
    """Once all is sent; what the broker never takes is given up."""
    try:
        await asyncio.wait_for(made.stop(), patience)
    except TimeoutError:
        await made.client.close()
        raise Trouble(UNTAKEN) from None


async def ensure(kafka: str, topic: Topic, prefix: str = "") -> None:
    """Create a topic as its contract says, unless it is there. Raises Trouble where no broker answers."""
    with _answering(kafka):
        await provision(brokers(kafka), prefix, [topic], copies=1)


@contextmanager
def _answering(kafka: str) -> Iterator[None]:
    try:
        yield
    except (KafkaError, OSError) as error:
        raise Trouble(refusal(error) or f"the broker at {kafka} does not answer ({type(error).__name__})") from error
