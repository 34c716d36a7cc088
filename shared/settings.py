"""Settings from the environment (`SALOR_...`), all checked at start, all errors reported at once."""

import re
import ssl
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import DirectoryPath, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.errors import SetupError

S = TypeVar("S", bound="KafkaSettings")
ROLES = ("api", "events", "relay", "timers")
HOST = r"(\[[^\]\s]+\]|[^\s:,/\[\]@]+)"
ADDRESSES = {
    "database_url": (
        rf"postgres(ql)?://([^@\s]*@)?{HOST}?(:\d+)?(,{HOST}?(:\d+)?)*(/\S*)?",
        "postgresql://user:password@host:5432/name",
    ),
    "kafka": (rf"{HOST}:\d+(,{HOST}:\d+)*", "host:9092,host:9092"),
    "issuer": (rf"https?://{HOST}(:\d+)?(/\S*)?", "https://issuer.example"),
}
"""The forms of addresses, and an example of each for people."""


class KafkaSettings(BaseSettings):
    """What every client of Kafka needs."""

    model_config = SettingsConfigDict(env_prefix="SALOR_", extra="ignore", frozen=True)

    kafka: str
    kafka_ca: str = Field(
        default="", description="file with the authorities whose certificates the brokers may have; where set, TLS"
    )
    kafka_username: str = Field(default="", description="the user of the broker that this process is (SASL)")
    kafka_password: str = Field(default="", validate_default=True)
    kafka_mechanism: Literal["SCRAM-SHA-512", "PLAIN"] = "SCRAM-SHA-512"

    @field_validator("database_url", "kafka", "issuer", check_fields=False)
    @classmethod
    def an_address(cls, value: str, info: ValidationInfo) -> str:
        """Well-formed, or empty. It is never repeated in the refusal: it may hold a password."""
        form, example = ADDRESSES[info.field_name or ""]
        if value and not re.fullmatch(form, value):
            raise ValueError(f"not an address: one like {example} is expected")
        return value

    @field_validator("kafka_ca")
    @classmethod
    def certificates(cls, value: str) -> str:
        """A file of certificates (PEM), or empty."""
        try:
            if value:
                ssl.create_default_context(cafile=value)
        except OSError as error:
            raise ValueError(f"no certificates can be read from {value}: {error.strerror or error}") from None
        return value

    @field_validator("kafka_password")
    @classmethod
    def with_its_name(cls, value: str, info: ValidationInfo) -> str:
        """There where a user is named, and only there."""
        if bool(value) != bool(info.data.get("kafka_username")):
            raise ValueError("goes with SALOR_KAFKA_USERNAME: set both, or none")
        return value

    @field_validator("kafka_mechanism")
    @classmethod
    def not_in_clear(cls, value: str, info: ValidationInfo) -> str:
        """PLAIN sends the password as it is."""
        if value == "PLAIN" and not info.data.get("kafka_ca"):
            raise ValueError("PLAIN shows the password to the whole network: set SALOR_KAFKA_CA, or take SCRAM-SHA-512")
        return value


class Settings(KafkaSettings):
    """What every service needs. A service adds its own in `settings.py`."""

    database_url: str
    topic_prefix: str = ""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=0, ge=0, le=65_535)
    trusted_proxies: str = Field(default="127.0.0.1", description="whose X-Forwarded-For names the caller's address")
    roles: Annotated[tuple[str, ...], NoDecode] = ROLES
    issuer: str
    audience: str = "salor"
    keys_seconds: float = Field(
        default=30.0, gt=0, description="so often the issuer is asked for its keys: a withdrawn one ends then"
    )
    client_secret: str = ""
    replication: int = Field(default=1, ge=1, description="copies of each topic that this service creates")
    instance: str | None = Field(default=None, description="a stable ordinal: static membership of the consumer group")
    session_timeout_ms: int | None = Field(
        default=None, ge=1_000, description="a silent member is expelled after it; else 10 s, or 45 s with an ordinal"
    )
    pool_size: int = Field(default=8, ge=2, description="connections; the relay keeps one for itself")
    queue_limit: int = Field(default=2_000, ge=1, description="commands waiting for their transaction before 503")
    batch_records: int = Field(default=2_000, ge=1)
    breaker_keys: int = Field(
        default=20, ge=2, description="keys on which a handler fails before nothing more is parked"
    )
    breaker_seconds: float = Field(default=10.0, gt=0, description="between two tries while the breaker is open")
    waiting_hours: float = Field(
        default=24.0, gt=0, description="after which an event that waits for a fact is overdue"
    )
    relay_lease_seconds: float = Field(default=10.0, gt=0)
    lease_seconds: float = Field(default=30.0, gt=0)
    shutdown_seconds: float = Field(default=10.0, ge=1)
    answers_days: int = Field(
        default=7, ge=1, description="own choice: so long a request may be repeated and gets the answer given"
    )
    outbox_days: int = Field(
        default=30,
        ge=1,
        description="own choice: so long what was sent can be sent again; what was not is never trimmed",
    )
    dead_letters_days: int = Field(
        default=30, ge=1, description="they hold what strangers sent, personal data too: own choice after UU 27/2022"
    )
    policy_folder: DirectoryPath | None = Field(
        default=None, description="an office's own policies beside the shipped ones, in a folder for each service"
    )
    timezone: str = "Asia/Jakarta"
    district: str = "Kecamatan Salor"

    @field_validator("roles", mode="before")
    @classmethod
    def split(cls, value: object) -> object:
        """A comma-separated list of roles; an unknown one is refused."""
        roles = tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value
        unknown = set(roles) - set(ROLES) if isinstance(roles, tuple) else set()
        if unknown:
            raise ValueError(f"unknown role {', '.join(sorted(unknown))}: choose from {', '.join(ROLES)}")
        return roles

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, value: str) -> str:
        """A zone of the IANA database."""
        try:
            ZoneInfo(value)
        except (LookupError, OSError, ValueError):
            raise ValueError(f"no time zone {value!r}: one like Asia/Jakarta is expected") from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The district's time zone."""
        return ZoneInfo(self.timezone)


def read(kind: type[S], **given: Any) -> S:
    """The settings of this process; what is given goes first. Raises SetupError: all that is missing or wrong."""
    try:
        return kind(**given)
    except ValidationError as error:
        lines = [f"SALOR_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in error.errors()]
        raise SetupError("settings: " + "; ".join(lines)) from error
