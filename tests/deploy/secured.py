"""A broker that lets in whom it knows (SASL in TLS), with the topics, users and rights of deploy/kubernetes/kafka.

What Strimzi's operators do with the files is done here by the administration of another client library.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiokafka.errors import KafkaError
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.local import kafka
from deploy.local.chosen import HOST, Chosen
from deploy.local.kafka import Kafka
from deploy.local.stack import silent
from deploy.local.supervisor import Supervisor
from deploy.local.temporary import temporary_folder
from shared.messaging.brokers import Brokers
from shared.settings import KafkaSettings
from tests.deploy import manifests
from tests.until import until

SECURITY = """\
listeners=PLAINTEXT://{{host}}:{{port}},CONTROLLER://{{host}}:{{controller}},SASL_SSL://{{host}}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
# whoever comes by the listener without SASL: the broker itself, and the administrator of this test
super.users=User:ANONYMOUS
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.ssl.keystore.type=PEM
listener.name.sasl_ssl.ssl.keystore.location={keys}
"""
USERS = {user["metadata"]["name"]: user["spec"] for user in manifests.documents("kafka/users.yaml")}
TOPICS = {topic["metadata"]["name"]: topic["spec"] for topic in manifests.documents("kafka/topics.yaml")}
OPERATIONS = {
    "Read": AclOperation.READ, "Write": AclOperation.WRITE, "Describe": AclOperation.DESCRIBE,
    "DescribeConfigs": AclOperation.DESCRIBE_CONFIGS,
}  # fmt: skip
RESOURCES = {
    "cluster": ResourceType.BROKER,
    "topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "transactionalId": ResourceType.TRANSACTIONAL_ID,
}  # fmt: skip


@dataclass(frozen=True)
class Secured:
    """Where the broker is, whom its certificate is from, and the passwords of its users."""

    address: str
    authority: Path
    passwords: dict[str, str]
    admin: AdminClient

    def settings(self, user: str, **more: str) -> dict[str, Any]:
        """What a process that is this user is given."""
        named = {"kafka_username": user, "kafka_password": self.passwords[user]}
        return {"kafka": self.address, "kafka_ca": str(self.authority), **named, **more}

    def brokers(self, user: str, **more: str) -> Brokers:
        """The way of this user to the broker."""
        return Brokers.of(KafkaSettings(**self.settings(user, **more)))

    def client(self, user: str) -> dict[str, Any]:
        """What another client library is given."""
        security = {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "log_level": 0}
        named = {"sasl.username": user, "sasl.password": self.passwords[user]}
        return {"bootstrap.servers": self.address, "ssl.ca.location": str(self.authority), **security, **named}

    def set_password(self, user: str, password: str) -> None:
        """As an administrator does."""
        made = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
        changed = UserScramCredentialUpsertion(user, made, password.encode())
        _done(self.admin.alter_user_scram_credentials([changed]))
        self.passwords[user] = password


@asynccontextmanager
async def secured() -> AsyncIterator[Secured]:
    """The broker, with all that the files say."""
    async with temporary_folder("secured") as folder:
        chosen = Chosen(folder)
        certificate(folder / "authority.pem", folder / "keys.pem")
        security = SECURITY.format(port=chosen.port("kafka secured"), keys=folder / "keys.pem")
        server = Kafka(folder / "kafka", chosen, silent, settings=kafka.SETTINGS + security)
        supervisor = Supervisor(folder, [server.program()], revive=False, progress=silent)
        await supervisor.start()
        try:
            address = f"{HOST}:{chosen.port('kafka secured')}"
            passwords = {user: secrets.token_hex(16) for user in USERS}
            admin = AdminClient({"bootstrap.servers": server.address, "log_level": 0})
            found = Secured(address, folder / "authority.pem", passwords, admin)
            _apply(found)
            await until(lambda: _is_applied(found))
            yield found
        finally:
            await supervisor.stop()


def certificate(authority: Path, keys: Path) -> None:
    """One that signs itself, for loopback: what a client is to trust, and what the broker shows, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kafka")])
    begins = datetime.now(UTC) - timedelta(minutes=5)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    authority.write_bytes(made)
    keys.write_bytes(secret + made)


def _apply(to: Secured) -> None:
    made = [NewTopic(name, spec["partitions"], 1, config=spec["config"]) for name, spec in TOPICS.items()]
    _done(to.admin.create_topics(made))
    for user, password in to.passwords.items():
        to.set_password(user, password)
    _done(to.admin.create_acls([one for user, spec in USERS.items() for one in _bindings(user, spec)]))


async def _is_applied(to: Secured) -> bool:
    """Whether the broker has what the controller has: the rights come last."""
    last = list(USERS)[-1]
    try:
        async with to.brokers(last).admin() as admin:
            return bool(await admin.list_topics())
    except KafkaError:
        return False


def _bindings(user: str, spec: dict[str, Any]) -> list[AclBinding]:
    assert spec["authentication"] == {"type": "scram-sha-512"}
    return [
        AclBinding(
            RESOURCES[acl["resource"]["type"]],
            acl["resource"].get("name", "kafka-cluster"),
            ResourcePatternType[acl["resource"].get("patternType", "literal").upper()],
            f"User:{user}",
            "*",
            OPERATIONS[operation],
            AclPermissionType.ALLOW,
        )
        for acl in spec["authorization"]["acls"]
        for operation in acl["operations"]
    ]


def _done(answers: Mapping[Any, Future[Any]]) -> None:
    for answer in answers.values():
        answer.result(10)
