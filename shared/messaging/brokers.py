"""The way to Kafka's brokers: where they are, as whom a client of ours comes, and what their refusals mean."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import create_conn
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    InvalidReplicationFactorError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)
from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram512

from shared.settings import KafkaSettings

RIGHTS = TopicAuthorizationFailedError | GroupAuthorizationFailedError | ClusterAuthorizationFailedError
UNKNOWN = SaslAuthenticationFailed | UnsupportedSaslMechanismError


@dataclass(frozen=True, slots=True)
class Brokers:
    """Addresses (host:port), and the name, the password and the trust that a client needs there; None: neither."""

    addresses: Sequence[str]
    security: BaseSecurity | None = None

    @classmethod
    def of(cls, settings: KafkaSettings) -> "Brokers":
        """As the settings say."""
        return cls(settings.kafka.split(","), _security(settings))

    @property
    def options(self) -> dict[str, Any]:
        """What every client of aiokafka takes."""
        return {"bootstrap_servers": list(self.addresses), **self._security_options}

    @property
    def _security_options(self) -> dict[str, Any]:
        return parse_security(self.security)

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        """A started client for administration. Raises KafkaError (away, or they do not let us in), SSLError."""
        admin = AIOKafkaAdminClient(**self.options)
        try:
            await self.reach(admin.start)
            yield admin
        finally:
            await admin.close()

    async def reach(self, start: Callable[[], Awaitable[None]]) -> None:
        """Start a client, which takes whatever refuses it for a broker that is away: then look. Raises as `admin`."""
        try:
            await start()
        except KafkaConnectionError:
            if refused := await self._refused():
                raise refused from None
            raise

    async def _refused(self) -> Exception | None:
        """What the first broker refuses us with, if it does."""
        host, _, port = self.addresses[0].rpartition(":")
        try:
            connection = await create_conn(host.strip("[]"), int(port), **self._security_options)
        except (KafkaError, OSError) as error:
            return error if refusal(error) else None
        connection.close()
        return None


def _security(settings: KafkaSettings) -> BaseSecurity | None:
    context = ssl.create_default_context(cafile=settings.kafka_ca) if settings.kafka_ca else None
    if settings.kafka_username:
        sasl = SASLPlaintext if settings.kafka_mechanism == "PLAIN" else SASLScram512
        return sasl(settings.kafka_username, settings.kafka_password, ssl_context=context)
    return BaseSecurity(ssl_context=context) if context else None


def refusal(error: BaseException | None) -> str:
    """What the brokers refuse, and what a person has to do about it; nothing for a failure of another kind."""
    if isinstance(error, UNKNOWN):
        return (
            f"the brokers do not let us in ({type(error).__name__}): SALOR_KAFKA_USERNAME, _PASSWORD and"
            " _MECHANISM must be those of a user that they know"
        )
    if isinstance(error, RIGHTS):
        return (
            f"the brokers refuse a right ({type(error).__name__}: {error}): grant the user what"
            " deploy/kubernetes/kafka/users.yaml says"
        )
    if isinstance(error, InvalidReplicationFactorError):
        return "fewer brokers are there than keep a topic (SALOR_REPLICATION): start them, or ask for fewer replicas"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the brokers' certificate is not to be trusted ({error.verify_message}): see SALOR_KAFKA_CA"
    return ""
