"""The users of deploy/kubernetes/kafka, on a broker that knows them: each does its work, and nobody another's."""

from __future__ import annotations

import asyncio
import json
import ssl
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import ClusterAuthorizationFailedError
from confluent_kafka import KafkaError, KafkaException, Message, Producer, TopicCollection
from confluent_kafka.admin import AclOperation, AdminClient
from structlog.testing import capture_logs

from deploy.contracts.access import OFFICE, OFFICE_GROUP
from deploy.local import district, wire
from shared.events import TOPICS
from shared.events.complaints import COMPLAINTS, RECEIPTS
from shared.events.directory import DIRECTORY
from shared.events.frontoffice import ComplaintSubmitted
from shared.messaging.brokers import refusal
from shared.messaging.forecast import kept, measure
from shared.service import App
from tests.deploy.secured import USERS, Secured, certificate, secured
from tests.house.services import SERVICES
from tests.servers import Database
from tests.services.complaints.given import KEYS
from tests.until import until

PAIR: dict[str, dict[str, Any]] = {"complaints": KEYS, "evaluation": {}}
"""Two services, with settings of their own."""
WRITERS = {topic.name: {"frontoffice": OFFICE}.get(topic.sender, topic.sender) for topic in TOPICS.values()}
READERS = {
    name: {topic.name for topic in service.listens.topics} | {event.topic.name for event in service.tells}
    for name, service in SERVICES.items()
} | {"directory": {DIRECTORY.name}, OFFICE: {RECEIPTS.name}, "operator": set()}
REFUSED = "TOPIC_AUTHORIZATION_FAILED"
SEEN = "SELECT EXISTS (SELECT FROM seen WHERE stream = $1)"
every_user = pytest.mark.parametrize("user", USERS)


@pytest.fixture(scope="module")
async def broker() -> AsyncIterator[Secured]:
    async with secured() as found:
        yield found


@asynccontextmanager
async def running(broker: Secured, name: str, database: Database, **more: str) -> AsyncIterator[App]:
    """A service as its own user, with the roles that need Kafka."""
    own: dict[str, Any] = {
        "database_url": await database(name),
        "issuer": "",
        "roles": ("events", "relay"),
        "shutdown_seconds": 2.0,
    }
    service = SERVICES[name]
    app = await App.open(service, service.settings(**broker.settings(name, **more), **own, **PAIR.get(name, {})))
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def healthy(*apps: App) -> bool:
    return not any([await app.health() for app in apps])


def test_every_topic_and_every_sender_is_in_the_files() -> None:
    assert set(USERS) == {*WRITERS.values(), "operator"}


@every_user
async def test_nobody_writes_the_topic_of_another(broker: Secured, user: str) -> None:
    refused: dict[str, str] = {}
    producer = Producer(broker.client(user))
    for topic in TOPICS:
        # no event, and harmless for whoever reads it later
        producer.produce(topic, b"{}", b"a", headers={"ce_sequence": b"0"}, on_delivery=partial(_note, refused))
    assert await asyncio.to_thread(producer.flush, 10) == 0
    assert refused == dict.fromkeys((topic for topic, writer in WRITERS.items() if writer != user), REFUSED)


def _note(refused: dict[str, str], error: KafkaError | None, message: Message) -> None:
    if error is not None:
        refused[str(message.topic())] = error.name()


@every_user
async def test_nobody_reads_or_sees_what_is_not_for_it(broker: Secured, user: str) -> None:
    allowed, refused = {AclOperation.READ: set[str](), AclOperation.WRITE: set[str]()}, dict[str, str]()
    admin = AdminClient(broker.client(user))
    described = admin.describe_topics(TopicCollection(list(TOPICS)), include_authorized_operations=True)
    for topic, answer in described.items():
        try:
            operations = (await asyncio.to_thread(answer.result, 10)).authorized_operations
        except KafkaException as error:
            refused[topic] = error.args[0].name()
        else:
            for operation in allowed.keys() & operations:
                allowed[operation].add(topic)
    assert allowed[AclOperation.READ] == READERS[user]
    assert allowed[AclOperation.WRITE] == {topic for topic, writer in WRITERS.items() if writer == user}
    seen = set(kept(TOPICS.values())) if user == "operator" else set[str]().union(*allowed.values())
    assert refused == dict.fromkeys(set(TOPICS) - seen, REFUSED)


async def test_services_and_an_office_do_their_work_with_their_rights_alone(
    broker: Secured, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in broker.settings("directory").items():
        monkeypatch.setenv(f"SALOR_{name.upper()}", value)
    assert await district.load(broker.address, district.read()[:3]) == 3
    with capture_logs() as logs:
        async with AsyncExitStack() as stack:
            apps = {name: await stack.enter_async_context(running(broker, name, database)) for name in PAIR}
            await until(lambda: healthy(*apps.values()), 20)
            assert [one for one in logs if one["event"] == "topic_differs"] == []
            report = ComplaintSubmitted(category="undue_delay", text="Three weeks for an identity card.")
            made = wire.Letter(report, str(uuid.uuid4()), "urn:example:front-office", datetime.now(UTC))
            for name, value in broker.settings(OFFICE).items():
                monkeypatch.setenv(f"SALOR_{name.upper()}", value)
            async with wire.producer(broker.address) as producer:
                await wire.send(producer, [made])
            assert (await _answer(broker, made.id))["complaint_id"]
            await until(lambda: apps["evaluation"].pool.fetchval(SEEN, COMPLAINTS.name), 10)


async def _answer(broker: Secured, submission: str) -> dict[str, Any]:
    """What the office's own group finds."""
    named = {"group_id": OFFICE_GROUP, "auto_offset_reset": "earliest"}
    async with (
        AIOKafkaConsumer(RECEIPTS.name, **broker.brokers(OFFICE).options, **named) as consumer,
        asyncio.timeout(20),
    ):
        async for record in consumer:
            answer: dict[str, Any] = json.loads(record.value)
            if answer.get("submission") == submission:
                await consumer.commit()
                return answer
    raise AssertionError("unreachable")


async def test_a_wrong_password_is_said_once_and_a_right_one_lets_in_without_a_restart(
    broker: Secured, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: the client takes the refusal for a broker that is away, and the service starts in silence for ever."""
    monkeypatch.setattr("shared.service.REFUSED_SECONDS", 0.1)
    with capture_logs() as logs:
        async with running(broker, "training", database, kafka_password="wrong") as app:
            await until(lambda: bool(app.refused), 10)
            assert "SALOR_KAFKA_USERNAME" in (await app.health())["kafka"]
            await asyncio.to_thread(broker.set_password, "training", "wrong")
            await until(lambda: healthy(app), 20)
    said = [one for one in logs if one["event"] == "waiting_to_start"]
    assert [one["error"] for one in said] == ["SaslAuthenticationFailed"]


async def test_the_operator_is_told_of_the_disks_and_a_service_is_not(broker: Secured) -> None:
    topics, now = kept(TOPICS.values()), datetime.now(UTC)
    assert [growth.topic for growth in await measure(broker.brokers("operator"), topics, now)] == topics
    with pytest.raises(ClusterAuthorizationFailedError) as refused:
        await measure(broker.brokers("training"), topics, now)
    assert "users.yaml" in refusal(refused.value)


async def test_a_certificate_that_is_not_trusted_is_said(broker: Secured, tmp_path: Path) -> None:
    certificate(tmp_path / "authority.pem", tmp_path / "keys.pem")
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        async with broker.brokers("training", kafka_ca=str(tmp_path / "authority.pem")).admin():
            pass
    assert "SALOR_KAFKA_CA" in refusal(refused.value)
